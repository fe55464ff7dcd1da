// The clock on the parent's wall: read from the stand-in, ticking on in between.

const $ = (id) => document.getElementById(id);
let reading = null;

/** Shows what the stand-in read off the parent's wall, and lets it tick on from there. */
export function showClock(read) {
  reading = { at: performance.now(), wall: Date.parse(`${read.now}Z`) };
  $("now-zone").textContent = read.zone.replaceAll("_", " ");
  $("next-note").textContent = read.next_note ? `Next note: ${moment(read.next_note)}` : "No note is planned yet.";
  $("next-change").textContent = read.next_zone_change
    ? `Clocks change on ${moment(read.next_zone_change)}` : "Clocks here do not change.";
  tick();
}

function moment(wall) {
  // A change is told by its last second before: shown as the full minute that follows.
  const date = new Date(Math.ceil(Date.parse(`${wall}Z`) / 60000) * 60000);
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
  }).format(date);
}

function tick() {
  if (!reading) return;
  const wall = new Date(reading.wall + performance.now() - reading.at);
  const time = wall.toISOString().slice(11, 16);
  $("now-time").textContent = time;
  $("phone-time").textContent = time;
  $("now-day").textContent = dayName(wall.toISOString().slice(0, 10));
}

export function dayName(day, locale = "en-GB") {
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(`${day}T00:00:00Z`));
}

setInterval(tick, 1000);
