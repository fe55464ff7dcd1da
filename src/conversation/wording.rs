//! Dates, days, kinds of notes and places in a parent's language, from the phrases of the content.

use chrono::{Datelike, NaiveDateTime, NaiveTime};

use crate::{
    content::markup::fill,
    domain::{Subscriber, schedule::Schedule, time_of_day, weekdays::Weekdays, zone::Zone},
};

use super::scene::Scene;

impl Scene<'_> {
    /// A day, such as “Monday, March 15”.
    pub fn date(&self, wall: NaiveDateTime) -> String {
        let dates = &self.phrases().dates;
        let weekday = &dates.weekdays[wall.weekday().num_days_from_monday() as usize];
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

    /// A time of day as it is written in this language.
    pub fn time(&self, time: NaiveTime) -> String {
        time_of_day::show(time, self.language())
    }

    /// What the clock on the wall of a zone shows now.
    pub fn clock(&self, zone: &Zone) -> String {
        self.time(zone.wall(self.now).time())
    }

    /// The days of a schedule, in words.
    pub fn days(&self, schedule: &Schedule) -> String {
        let words = &self.phrases().settings;
        let Some(days) = schedule.days() else {
            return self.phrases().plans.own.clone();
        };
        if days == Weekdays::EVERY_DAY {
            words.every_day.clone()
        } else if days == Weekdays::WEEKDAYS {
            words.weekdays.clone()
        } else if days == Weekdays::WEEKENDS {
            words.weekends.clone()
        } else {
            let names = &self.phrases().dates.weekdays;
            let named: Vec<&str> = days
                .iter()
                .map(|day| names[day.num_days_from_monday() as usize].as_str())
                .collect();
            named.join(", ")
        }
    }

    /// The kind of notes of a subscriber: the plan with her pools and as many days, else “on your own days”.
    pub fn kind(&self, subscriber: &Subscriber) -> String {
        let plans = &self.content.plans;
        let same_days = plans.iter().find(|plan| {
            plan.pools == subscriber.pools && plan.schedule.days() == subscriber.schedule.days()
        });
        let plan = same_days.or_else(|| plans.iter().find(|plan| plan.pools == subscriber.pools));
        plan.map_or_else(
            || self.phrases().plans.own.clone(),
            |plan| self.plan_label(&plan.id),
        )
    }

    /// The label of a plan.
    pub fn plan_label(&self, id: &str) -> String {
        let words = &self.phrases().plans;
        match id {
            "daily" => &words.daily,
            "daily_with_practices" => &words.daily_with_practices,
            "three_a_week" => &words.three_a_week,
            "weekly" => &words.weekly,
            _ => &words.own,
        }
        .clone()
    }

    /// The name of a place for a zone: its region or city if the content knows one, else the last part of its name.
    pub fn place(&self, zone: &Zone) -> String {
        self.content.places.name_of(zone, self.language())
    }
}
