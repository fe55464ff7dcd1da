//! The database goes away and comes back in the middle of parents who talk and change their settings: they are told so,
//! help comes without it, and in the end each is as she left it.

use std::time::Duration;

use super::{
    fire::{Fire, Load},
    talk::{CRY, HELP, NOTHING_CHANGED},
};
use crate::support::{
    figures::closing_line, postgres::Cluster, program::Program, world::limits_were_kept,
};

const LOAD: Load = Load {
    notes: 60,
    parents: 40,
};
const AWAY: usize = 2;
/// So many are told to try again before it comes back.
const TOLD: usize = 20;
/// How long the program may take to notice.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);
/// Promised within a second; a loaded machine gets more.
const HELP_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_database_that_goes_away_amid_parents_who_talk_leaves_everyone_as_she_left_it() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = cluster.fresh_database().await;
    let mut program = Program::new().await;
    program.listens();
    let mut fire = Fire::on(program, &url, LOAD).await;
    let telegram = fire.program.telegram.clone();
    let clock = fire.program.clock.clone();
    fire.parents_talk();
    fire.starts();
    let mut slowest = Duration::ZERO;
    for turn in 0..AWAY {
        fire.waits_for_an_instant(3000 + turn, 2 * AWAY).await;
        let before = telegram.everything_said().len();
        cluster.stop_server();
        let away = "leading; the database is away";
        fire.program
            .until_it_answers("/readyz", away, NOTICED_WITHIN)
            .await;
        let luz = telegram.parent(1 + i64::try_from(turn).unwrap(), "luz", "en");
        let asked = clock.instant();
        luz.says(CRY);
        let help = luz.next_bot_message().await.unwrap();
        assert!(help.text.contains(HELP), "{}", help.text);
        slowest = slowest.max(help.instant - asked);
        let told = || {
            let said = telegram.everything_said();
            let told = said[before..]
                .iter()
                .filter(|said| said.text.contains(NOTHING_CHANGED));
            told.count()
        };
        let end = clock.instant() + NOTICED_WITHIN;
        while told() < TOLD {
            assert!(
                clock.instant() < end,
                "{} were told\n{}",
                told(),
                fire.program.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cluster.start_server();
        fire.looks_again(&url).await;
    }
    let ashes = fire.burns_out().await;
    closing_line(&format!(
        "PostgreSQL gone {AWAY} times: {ashes}; help without it after {slowest:.0?} at most"
    ));
    assert_eq!((ashes.lost, ashes.twice), (0, 0));
    assert!(slowest < HELP_WITHIN, "{slowest:?}");
    limits_were_kept(&telegram);
}
