/**
 * How exactly a caller may know when users were heard last, from the most to the least: to the microsecond, the hour or the day (of
 * UTC) in which it was, or not at all.
 */
export const LAST_SEEN = ['exact', 'hour', 'day', 'hidden'] as const;

export type LastSeen = (typeof LAST_SEEN)[number];
