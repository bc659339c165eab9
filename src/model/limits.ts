/** So many that can start at once are one block: each attempt of its own costs the history three events. */
export const BLOCK_MIN = 100
