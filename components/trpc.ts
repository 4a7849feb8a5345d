'use client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { AppRouter } from '@/server/root'

/** `useTRPC()` gives query and mutation options of every procedure, `useTRPCClient()` the plain client. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>()
