/** The columns of the table of contracts, shared by its head and its rows. */
export const CONTRACT_COLUMNS =
  'grid items-center gap-x-3 grid-cols-[28px_minmax(160px,1fr)_76px_110px_52px_80px_64px_72px_92px]'
