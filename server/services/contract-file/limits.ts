// How large a contract's file and its parts may be. Each is far above what an export makes, and is asked while reading or
// before, so that a file made to exhaust this machine costs no more than its first part.

/** Entries of the zip: fifteen tables, the head, the pieces, a transcript for each session and a pack for each repository. */
export const MOST_ENTRIES = 40_000
export const MOST_HEAD_BYTES = 32_000_000
/** One row as a line of JSON. */
export const MOST_LINE_BYTES = 64_000_000
/** One piece of a transcript; usual ones have about a megabyte. */
export const MOST_PIECE_BYTES = 128_000_000
/** Bytes that a packed one may stand for, where it is a large entry. Rows and transcripts come to 30 at the most. */
export const MOST_RATIO = 250
/** Below this no ratio matters. */
export const SMALL_ENTRY_BYTES = 16_000_000
/** Folders of values within values; what Makima writes comes to about ten. */
export const MOST_DEPTH = 100
