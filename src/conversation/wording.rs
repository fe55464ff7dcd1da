//! Dates, days, kinds of notes and places in a parent's language, from the phrases of the content.

use chrono::{Datelike, NaiveDateTime};

use crate::{
    content::{markup, plans::PlanName},
    domain::{
        Pool, Subscriber, schedule::Schedule, time_of_day::TimeOfDay, weekdays::Weekdays,
        zone::Zone,
    },
};

use super::scene::Scene;

/// Puts values into a phrase. Loading the phrases has proved that the places are there.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    markup::fill(template, values).unwrap_or_else(|_| template.to_owned())
}

impl Scene<'_> {
    /// A day, such as “Monday, March 15”.
    pub fn date(&self, wall: NaiveDateTime) -> String {
        let dates = &self.phrases().dates;
        let weekday = self.weekday(wall);
        let month = &dates.months[wall.month0() as usize];
        fill(
            &dates.date,
            &[
                ("weekday", weekday),
                ("month", month),
                ("day", &wall.day().to_string()),
            ],
        )
    }

    /// The name of a day of the week.
    pub fn weekday(&self, wall: NaiveDateTime) -> &str {
        &self.phrases().dates.weekdays[wall.weekday().num_days_from_monday() as usize]
    }

    /// A time of day as it is written in this language.
    pub fn time(&self, time: TimeOfDay) -> String {
        time.show(self.language())
    }

    /// The time of day on a wall clock.
    pub fn time_on(&self, wall: NaiveDateTime) -> String {
        self.time(TimeOfDay::from(wall.time()))
    }

    /// What the clock on the wall of a zone shows now.
    pub fn clock(&self, zone: &Zone) -> String {
        self.time_on(zone.wall(self.now))
    }

    /// The days of a schedule, in words.
    pub fn days(&self, schedule: &Schedule) -> String {
        let words = &self.phrases().settings;
        let Some(days) = schedule.days() else {
            return self.phrases().plans.own.clone();
        };
        if days == Weekdays::DAILY {
            words.every_day.clone()
        } else if days == Weekdays::WORKDAYS {
            words.weekdays.clone()
        } else if days == Weekdays::WEEKEND {
            words.weekends.clone()
        } else {
            let names = &self.phrases().dates.weekdays;
            let said = days
                .iter()
                .map(|day| names[day.num_days_from_monday() as usize].as_str());
            said.collect::<Vec<_>>().join(", ")
        }
    }

    /// The kind of notes of a subscriber: the plan with her pools and her days, if there is one.
    pub fn kind(&self, subscriber: &Subscriber) -> String {
        let plans = &self.content.plans;
        let same_pools = |name: &PlanName| plans.get(*name).pools == subscriber.pools;
        let same_days =
            |name: &PlanName| plans.get(*name).schedule.days() == subscriber.schedule.days();
        PlanName::ALL
            .into_iter()
            .filter(same_pools)
            .find(same_days)
            .map_or_else(
                || self.kind_on_own_days(subscriber).to_owned(),
                |name| self.plan_label(name).to_owned(),
            )
    }

    /// What comes on days that no plan has: the days are said beside it, so that it says no more than what.
    fn kind_on_own_days(&self, subscriber: &Subscriber) -> &str {
        let words = &self.phrases().plans;
        let has = |pool| subscriber.pools.contains(&pool);
        match (has(Pool::Affirmations), has(Pool::Practices)) {
            (true, true) => &words.own_with_practices,
            (true, false) => &words.own_affirmations,
            _ => &words.own,
        }
    }

    /// The label of a plan.
    pub fn plan_label(&self, name: PlanName) -> &str {
        let words = &self.phrases().plans;
        match name {
            PlanName::Daily => &words.daily,
            PlanName::DailyWithPractices => &words.daily_with_practices,
            PlanName::ThreeAWeek => &words.three_a_week,
            PlanName::Weekly => &words.weekly,
        }
    }

    /// The name of a zone as people say it: its region's, else the last part of its own.
    pub fn place(&self, zone: &Zone) -> String {
        let region = self
            .content
            .places
            .regions()
            .iter()
            .find(|place| place.zone == *zone);
        region.map_or_else(
            || {
                zone.name()
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .replace('_', " ")
            },
            |place| place.name(self.language()).to_owned(),
        )
    }
}
