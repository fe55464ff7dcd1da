//! The replies to what may mean danger: emergency, loss, concern. They come before everything else, for everyone.

use chrono::{DateTime, Utc};

use crate::{
    content::{Button, care::Insert},
    domain::{Subscriber, due, subscriber::Standing},
    triage::{Category, Finding, Tier},
};

use super::{
    crisis,
    reading::Page,
    resting,
    scene::{Reply, Scene, Spoken},
    setup,
    tap::Tap,
    wording::fill,
};

/// The reply to a finding; `None` when nothing was found. `opening` varies the first line of repeated disclosures.
///
/// The language is that of the words that were found; the country is the parent's.
pub fn reply(scene: &Scene, finding: &Finding, opening: usize) -> Option<Reply> {
    let spoken = Spoken::new(scene, finding.language);
    let scene = &spoken.scene(scene);
    match finding.tier {
        Tier::None => None,
        Tier::Emergency => Some(emergency(scene, finding, opening)),
        Tier::Loss => Some(loss(scene, opening)),
        Tier::Concern => Some(concern(scene, finding, opening)),
    }
}

/// What is to be written down after the reply was taken: notes held for three days, or stopped; and that no typed
/// answer is expected any more: what she writes next is not a city. Applied to the row as it then is, so that nothing
/// that was changed meanwhile is undone.
pub fn effect(
    finding: &Finding,
    subscriber: &Subscriber,
    now: DateTime<Utc>,
) -> Option<Subscriber> {
    let closed = setup::answered(subscriber);
    let changed = match finding.tier {
        Tier::Emergency => due::held(closed, now),
        Tier::Loss => due::stopped(closed, now),
        Tier::Concern => closed,
        Tier::None => return None,
    };
    (changed != *subscriber).then_some(changed)
}

fn emergency(scene: &Scene, finding: &Finding, opening: usize) -> Reply {
    // Not to one whose notes are paused for longer: “for three days” would tell her that they come then.
    let held = scene.subscriber.is_some_and(|subscriber| {
        due::held(subscriber.clone(), scene.now).standing != subscriber.standing
    });
    let body = scene
        .content
        .care
        .emergency(scene.voice(), &inserts(finding), opening, held);
    let mut rows = crisis::line_rows(scene, scene.country());
    let buttons = &scene.phrases().buttons;
    rows.push(vec![
        scene.button(&buttons.other_countries, &Tap::CrisisCountries),
        share_button(scene),
    ]);
    rows.push(vec![
        scene.button(&buttons.meant_else, &resting::way_back(scene)),
    ]);
    Reply::new(scene.message(body, rows))
}

fn loss(scene: &Scene, opening: usize) -> Reply {
    let notes_on = scene
        .subscriber
        .is_some_and(|subscriber| subscriber.standing != Standing::Stopped);
    let body = scene.content.care.loss(scene.voice(), opening, notes_on);
    let mut row = vec![scene.crisis_button()];
    if scene.subscriber.is_some() {
        row.push(scene.button(&scene.phrases().buttons.erase, &Tap::AskErase));
    }
    let meant_else = scene.button(&scene.phrases().buttons.meant_else, &Tap::MeantElse);
    Reply::new(scene.message(body, vec![row, vec![meant_else]]))
}

fn concern(scene: &Scene, finding: &Finding, opening: usize) -> Reply {
    let buttons = &scene.phrases().buttons;
    let to = |label: &str, page| scene.button(label, &Tap::Page(page));
    let scary = finding.categories.contains(&Category::ScaryThoughts);
    let care = &scene.content.care;
    let body = if scary {
        care.scary(scene.voice(), opening)
    } else {
        care.concern(scene.voice(), opening)
    };
    let mut second = vec![to(&buttons.support, Page::Support)];
    if !scary {
        second.push(to(&buttons.therapy, Page::Therapy));
    }
    let rows = vec![
        vec![scene.crisis_button()],
        second,
        vec![scene.button(&buttons.back, &resting::way_back(scene))],
    ];
    Reply::new(scene.message(body, rows))
}

/// Medical comes first, then the baby and psychosis, then violence, then someone else (SAFETY 3.5); the
/// content shows two of them. Where there is violence, the someone else who is named may be the one who hurts her, and
/// nothing then says to stay with that person; whoever cannot breathe needs an ambulance, and no line that listens.
fn inserts(finding: &Finding) -> Vec<Insert> {
    let violence = finding.categories.contains(&Category::Violence);
    let wanted = [
        (Category::Medical, Insert::Medical),
        (Category::HarmToBaby, Insert::Baby),
        (Category::Psychosis, Insert::Psychosis),
        (Category::Violence, Insert::Violence),
        (Category::SomeoneElse, Insert::Other),
    ];
    let own_life = finding.has(Category::Suicide) || finding.has(Category::SelfInjury);
    let only_body =
        finding.has(Category::Medical) && !own_life && !finding.has(Category::Psychosis);
    wanted
        .into_iter()
        .filter(|(category, _)| finding.categories.contains(category))
        .map(|(_, insert)| insert)
        .filter(|insert| !((violence || only_body) && *insert == Insert::Other))
        .chain(own_life.then_some(Insert::OwnLife))
        .collect()
}

/// Telegram's own share sheet, with the numbers but nothing of what was written to the bot.
fn share_button(scene: &Scene) -> Button {
    let urgent = scene.urgent();
    let values = [
        ("in_danger", urgent.in_danger),
        ("in_crisis", urgent.in_crisis),
    ];
    let text = percent_encoded(&fill(&scene.phrases().answers.share, &values));
    Button::Link {
        label: scene.phrases().buttons.share_numbers.clone(),
        url: format!("https://t.me/share/url?url={FIND_A_HELPLINE}&text={text}"),
    }
}

/// Helplines of any country; the link that Telegram's share sheet asks for beside the text.
const FIND_A_HELPLINE: &str = "https%3A%2F%2Ffindahelpline.com";

/// As RFC 3986 has it: everything but letters, digits and four signs as its bytes.
fn percent_encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        letter if letter.is_ascii_alphanumeric() => char::from(letter).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}
