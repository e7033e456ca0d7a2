// Until when one rests, or a channel is muted. Pure.

export const RESTS = ['halfHour', 'hour', 'tomorrow'] as const;
export type Rest = (typeof RESTS)[number];

export function endOf(rest: Rest, now: Date): string {
  const end = new Date(now);
  if (rest === 'halfHour') end.setMinutes(end.getMinutes() + 30);
  else if (rest === 'hour') end.setHours(end.getHours() + 1);
  else {
    end.setDate(end.getDate() + 1);
    end.setHours(9, 0, 0, 0);
  }
  return end.toISOString();
}
