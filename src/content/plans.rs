//! The default schedules that a parent chooses from.

use serde::Deserialize;

use super::folder::{Folder, Problem, Problems};
use crate::domain::{Pool, schedule::Schedule};

const FILE: &str = "schedules.toml";

/// The first hour at which a default note may come (SPEC 1.4: no notes 20:00-08:00 unless the parent chose it).
const FIRST_HOUR: u8 = 8;
/// The hour before which a default note must come.
const END_HOUR: u8 = 20;

/// Which plan it is. Their labels are phrases, so the names are fixed; their times are the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanName {
    /// An affirmation every day.
    Daily,
    /// Affirmations and gentle practices, one note a day.
    DailyWithPractices,
    /// Three notes a week.
    ThreeAWeek,
    /// One note a week.
    Weekly,
}

impl PlanName {
    /// All plans in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self::Daily,
        Self::DailyWithPractices,
        Self::ThreeAWeek,
        Self::Weekly,
    ];
}

/// When notes come and what they are drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// A five-field crontab expression, read on the parent's wall clock.
    pub schedule: Schedule,
    /// What the notes are drawn from; never empty.
    pub pools: Vec<Pool>,
}

/// All plans.
#[derive(Clone, Debug)]
pub struct Plans {
    default: PlanName,
    daily: Plan,
    daily_with_practices: Plan,
    three_a_week: Plan,
    weekly: Plan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlansFile {
    default: PlanName,
    daily: PlanRow,
    daily_with_practices: PlanRow,
    three_a_week: PlanRow,
    weekly: PlanRow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanRow {
    schedule: toml::Spanned<String>,
    pools: toml::Spanned<Vec<Pool>>,
}

impl Plans {
    /// Reads `schedules.toml`.
    pub fn parse(folder: &Folder) -> Result<Self, Problems> {
        let file: PlansFile = folder.toml(FILE)?;
        let mut problems = Problems::default();
        let mut take = |row: PlanRow| problems.take(plan(folder, row));
        let plans = (
            take(file.daily),
            take(file.daily_with_practices),
            take(file.three_a_week),
            take(file.weekly),
        );
        let (Some(daily), Some(daily_with_practices), Some(three_a_week), Some(weekly)) = plans
        else {
            return Err(problems);
        };
        problems.or_ok(Self {
            default: file.default,
            daily,
            daily_with_practices,
            three_a_week,
            weekly,
        })
    }

    /// A plan by its name.
    pub fn get(&self, name: PlanName) -> &Plan {
        match name {
            PlanName::Daily => &self.daily,
            PlanName::DailyWithPractices => &self.daily_with_practices,
            PlanName::ThreeAWeek => &self.three_a_week,
            PlanName::Weekly => &self.weekly,
        }
    }

    /// The plan of a parent who chose nothing.
    pub fn default_plan(&self) -> PlanName {
        self.default
    }
}

fn plan(folder: &Folder, row: PlanRow) -> Result<Plan, Problem> {
    let at_schedule = |what: &str| folder.problem_at(FILE, row.schedule.span(), what);
    let schedule = row.schedule.get_ref().trim();
    check_hours(schedule).map_err(|what| at_schedule(&what))?;
    if row.pools.get_ref().is_empty() {
        return Err(folder.problem_at(
            FILE,
            row.pools.span(),
            "name at least one kind of note: \"affirmations\" or \"practices\"",
        ));
    }
    Ok(Plan {
        schedule: Schedule::parse(schedule).map_err(|error| at_schedule(&error.to_string()))?,
        pools: row.pools.into_inner(),
    })
}

/// One plain minute and hour, in the daytime: a plan is one note a day at most.
fn check_hours(schedule: &str) -> Result<(), String> {
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let [minute, hour, _, _, _] = fields[..] else {
        return Err(
            "write five parts: minute, hour, day of month, month, days of the week, like “0 10 * * *”"
                .to_owned(),
        );
    };
    match (minute.parse::<u8>(), hour.parse::<u8>()) {
        (Ok(0..60), Ok(FIRST_HOUR..END_HOUR)) => Ok(()),
        (Ok(0..60), Ok(0..24)) => Err(format!(
            "default notes may come from {FIRST_HOUR:02}:00 until before {END_HOUR}:00; choose another hour"
        )),
        _ => Err("write one minute (0 to 59) and one hour (8 to 19), like “30 9 * * *”".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::testing::{broken, expect_problem};

    #[test]
    fn the_default_is_one_affirmation_a_day() {
        let plans = Plans::parse(&Folder::built_in()).unwrap();
        assert_eq!(plans.default_plan(), PlanName::Daily);
        assert_eq!(plans.get(PlanName::Daily).pools, [Pool::Affirmations]);
    }

    #[test]
    fn a_plan_that_would_wake_somebody_is_refused() {
        let check = |schedule: &str, expected: &str| {
            let to = format!("schedule = \"{schedule}\"");
            expect_problem(&broken(FILE, "schedule = \"0 10 * * *\"", &to), expected);
        };
        check("0 7 * * *", "may come from 08:00 until before 20:00");
        check("0 20 * * *", "may come from 08:00 until before 20:00");
        check("0 24 * * *", "write one minute (0 to 59) and one hour");
        check("0 8-20 * * *", "write one minute (0 to 59) and one hour");
        check("60 9 * * *", "write one minute (0 to 59) and one hour");
        check("0 10 * *", "write five parts");
        check(
            "0 10 31 2 *",
            "schedules.toml, line 15: the schedule “0 10 31 2 *”",
        );
        check("0 10 * * FUNDAY", "the schedule “0 10 * * FUNDAY”");
    }

    #[test]
    fn other_mistakes_are_told() {
        let check = |from, to, expected| expect_problem(&broken(FILE, from, to), expected);
        check(
            "pools = [\"affirmations\"]",
            "pools = []",
            "name at least one kind of note",
        );
        check(
            "pools = [\"affirmations\"]",
            "pools = [\"poems\"]",
            "“poems” is not allowed here; write “affirmations” or “practices”",
        );
        check(
            "default = \"daily\"",
            "default = \"hourly\"",
            "schedules.toml, line 12: “hourly” is not allowed here; write “daily”, “daily_with_practices”, “three_a_week” or “weekly”",
        );
        check(
            "[weekly]",
            "[monthly]",
            "“monthly” is not a name this file may hold",
        );
    }
}
