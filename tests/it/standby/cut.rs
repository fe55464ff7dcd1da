//! The leader loses its database: alone, because the line to it breaks without a word, or together with everybody else.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::Instant;

use super::{
    IN_FLIGHT, TAKE_OVER,
    line::Line,
    machines::{ASK_EVERY, NOTES, Pair, Way, helped},
};
use crate::support::{
    figures::closing_line,
    postgres::{self, Cluster},
};

/// How long the old leader may take to stand by once the new one leads: it looks every two seconds whether another one
/// has the webhook, or polls and asks the database in turns of three.
const GIVES_WAY: Duration = Duration::from_secs(5);

/// How long a leader may go on sending notes; the next one sends none before.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// For so long everything stays as it is: longer than it takes to look twice.
const A_WHILE: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_leader_that_polls_and_is_cut_off_gives_way() {
    gives_way(Way::Polls).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn a_leader_with_a_webhook_that_is_cut_off_gives_way() {
    gives_way(Way::Webhook).await;
}

async fn gives_way(way: Way) {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let line = Line::to(&url).await;
    let pair = Pair::on(&url, [&line.url, &url], way).await;
    let parents = pair.notes_fall_due().await;
    pair.until_sent(20).await;
    let open = pair.not_written_down().await;
    let cut = pair.now();
    line.breaks();
    let over = hands_over(&pair, cut).await;
    let answered = pair.first_accepted_after(over.taken).await;
    let noted = pair.notes_between(cut, over.taken);
    let last = noted.last().map_or(Duration::ZERO, |last| *last - cut);
    let twice = pair.every_note_arrives(&parents).await;
    pair.machines[0].until_it_says("standing by").await;
    line.is_mended();
    helped(
        pair.telegram(),
        over.calls + 1,
        &pair.machines[0].program.clock,
    )
    .await;
    pair.stays_for(A_WHILE, ["standing by", "leading"]).await;
    pair.telegram().all_confirmed().await.unwrap();
    closing_line(&format!(
        "{way:?}: the leader is cut off from its database: taken over after {:.1?}, the first message accepted {:.1?} \
         later, the old one stands by {:.1?} after the take-over and sent its last note {last:.1?} after the cut; {} calls \
         for help answered, the longest after {:.1?}; {twice} of {NOTES} notes twice",
        over.taken - cut,
        answered - over.taken,
        over.given - over.taken,
        over.calls,
        over.longest,
    ));
    assert!(
        last < NOTICED_WITHIN,
        "notes were sent {last:?} after the cut"
    );
    // What the old one sent after the cut it could not write down.
    let most = open + noted.len() + IN_FLIGHT;
    assert!(twice <= most, "{twice} notes came twice, {most} might");
    let telegram = pair.telegram();
    let set = telegram.count_calls(|call| call.method == "setWebhook");
    let once_each = if way == Way::Webhook { 2 } else { 0 };
    assert_eq!(set, once_each, "once by each that led");
}

/// How the lead went from the one to the other.
struct HandedOver {
    taken: Instant,
    given: Instant,
    /// Calls for help meanwhile, and how long the longest waited.
    calls: i64,
    longest: Duration,
}

/// Calls for help, one after the other, until the other leads and the old one does not.
async fn hands_over(pair: &Pair, cut: Instant) -> HandedOver {
    let [old, new] = &pair.machines;
    let leads = |said: Option<(StatusCode, String)>| said.unwrap().0.is_success();
    let (mut taken, mut longest) = (None, Duration::ZERO);
    for calls in 1.. {
        longest = longest.max(helped(pair.telegram(), calls, &old.program.clock).await);
        let now = pair.now();
        if taken.is_none() && leads(new.says().await) {
            taken = Some(now);
        }
        let Some(taken) = taken else {
            assert!(
                now - cut < TAKE_OVER,
                "nobody leads:\n{}",
                new.program.log()
            );
            continue;
        };
        if !leads(old.says().await) {
            return HandedOver {
                taken,
                given: now,
                calls,
                longest,
            };
        }
        assert!(now - taken < GIVES_WAY, "two lead:\n{}", old.program.log());
    }
    unreachable!("it ends or fails")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long: ./test runs it"]
async fn with_a_webhook_a_database_that_is_away_for_everybody_leaves_the_leader_ready() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let url = cluster.fresh_database().await;
    let pair = Pair::on(&url, [&url, &url], Way::Webhook).await;
    let clock = pair.machines[0].program.clock.clone();
    cluster.stop_server();
    pair.machines[0]
        .until_it_says("leading; the database is away")
        .await;
    let mut longest = Duration::ZERO;
    for id in 1..=5 {
        longest = longest.max(helped(pair.telegram(), id, &clock).await);
        pair.stays_for(
            A_WHILE / 5,
            ["leading; the database is away", "standing by"],
        )
        .await;
    }
    cluster.start_server();
    let back = pair.now();
    let [one, other] = &pair.machines;
    let led = loop {
        let said = [one.says().await, other.says().await].map(|said| said.unwrap().1);
        if said.iter().any(|said| said == "leading") {
            break pair.now() - back;
        }
        assert!(pair.now() - back < TAKE_OVER, "{said:?}");
        tokio::time::sleep(ASK_EVERY).await;
    };
    helped(pair.telegram(), 6, &clock).await;
    pair.telegram().all_confirmed().await.unwrap();
    closing_line(&format!(
        "a database away for everybody: 5 calls for help answered, the longest after {longest:.1?}; one leads {led:.1?} \
         after it is back"
    ));
}
