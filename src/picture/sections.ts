/** Titles of the sections that pictures have beside those of a model's drawing. */
export const LOCKS = 'locks'
export const THREADS = 'threads'
export const FIELDS = 'all fields'
