/** So many ready nodes share one activity (a block): each activity costs three history events. */
export const BLOCK_MIN = 100
