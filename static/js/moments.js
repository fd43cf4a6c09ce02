// Days and times as people in Vietnam read them, whatever the machine's zone is set to.

const pad = (number) => String(number).padStart(2, "0");

/** "14:05 24/01/2025" in Asia/Ho_Chi_Minh, which has no summer time. */
export function dayAndClock(instant) {
  const there = new Date(new Date(instant).getTime() + 7 * 3600 * 1000);
  const day = `${pad(there.getUTCDate())}/${pad(there.getUTCMonth() + 1)}/${there.getUTCFullYear()}`;
  return `${pad(there.getUTCHours())}:${pad(there.getUTCMinutes())} ${day}`;
}
