import { AppError } from '@/server/errors'
import { readShared } from '@/server/services/shares/shared'
import { sharedConversation } from '@/app/api/v1/answers/shares'
import { word } from '@/app/api/v1/describe'
import { route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params, query, headers }) => {
      const page = Number(query.text('page') ?? 1)
      if (!Number.isInteger(page) || page < 1) throw new AppError('invalid', 'A page is a whole number from 1 on.')
      const password = headers.get('share-password')
      const reader = { token: String(params.id), page, password, pass: null }
      const { conversation, tried } = await readShared(ctx, reader)
      if (conversation) return conversation
      const sentence = tried ? 'That is not the password.' : 'This share has a password: send it as Share-Password.'
      throw new AppError(tried ? 'forbidden' : 'unauthenticated', sentence)
    },
  },
  {
    GET: {
      free: true,
      summary: 'A shared conversation by its token (in the place of the id), a page at a time',
      query: { page: word('From 1 on') },
      answers: { 200: sharedConversation },
    },
  },
)
