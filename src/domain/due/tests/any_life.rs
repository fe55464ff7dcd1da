//! Whatever a parent does, and whenever: one note a day.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Act {
    Zone(usize),
    Time(u32),
    Days(u8),
    Pause(i64),
    Resume,
    Hold,
    Move(usize),
    Touch,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0_usize..ZONES.len()).prop_map(Act::Zone),
        (0_u32..24).prop_map(Act::Time),
        (1_u8..128).prop_map(Act::Days),
        (0_i64..50).prop_map(Act::Pause),
        Just(Act::Resume),
        Just(Act::Hold),
        (0_usize..3).prop_map(Act::Move),
        Just(Act::Touch),
    ]
}

const ZONES: [&str; 7] = [
    "Europe/London",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",
];

fn act_on(sub: Subscriber, act: &Act, now: DateTime<Utc>) -> Subscriber {
    match act {
        Act::Zone(which) => with_zone(sub, Zone::new(ZONES[*which]).unwrap(), now),
        Act::Time(hour) => with_time(sub, time(*hour, 30), now),
        Act::Days(bits) => {
            let week = crate::domain::weekdays::WEEK.into_iter().enumerate();
            let days = week
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, day)| day);
            with_days(sub, Weekdays::of(days).unwrap(), now)
        }
        Act::Pause(hours) => paused(sub, Some(now + TimeDelta::hours(*hours)), now),
        Act::Resume => resumed(sub, now),
        Act::Hold => held(sub, now),
        Act::Move(to) => {
            let to = [Moved::InAnHour, Moved::ThisEvening, Moved::Tomorrow][*to];
            moved(sub, &note("a"), to, now)
        }
        Act::Touch => touched(sub, now),
    }
}

proptest! {
    /// Whatever she does between the notes, no local day of her present zone has two of them, but for the
    /// one that she moved to later on the same day.
    #[test]
    fn never_two_on_one_local_day(acts in proptest::collection::vec((act(), 0_i64..2_000, any::<bool>()), 1..40)) {
        let mut now = utc("2027-03-01T07:00");
        let mut sub = mia();
        sub.next = next(&sub, now);
        let mut last: Option<DateTime<Utc>> = None;
        let mut away = false;
        for (act, minutes, goes_away) in acts {
            let until = now + TimeDelta::minutes(minutes);
            // While the program is away nothing is sent, and what she does is read when it is back.
            while let Some(slot) = sub.next.filter(|slot| slot.due <= until && !goes_away) {
                prop_assert!(slot.due >= now || away, "{} is before {now}", slot.due);
                now = now.max(slot.due);
                let carried = match decide(&sub, false, now) {
                    Occasion::Bring { carried, .. } => carried,
                    Occasion::Skip if away => {
                        sub = after_skipped(sub, now);
                        continue;
                    }
                    other => panic!("{other:?}"),
                };
                let day = |moment| sub.zone.wall(moment).date();
                if carried.is_none() {
                    prop_assert!(last.is_none_or(|last| day(last) < day(now)));
                }
                last = Some(now);
                away = false;
                sub = after_sent(sub, &carried.unwrap_or(note("a")), now);
            }
            away |= goes_away;
            now = until;
            sub = act_on(sub, &act, now);
        }
    }
}
