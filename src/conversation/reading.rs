//! Pages to read, and the menus that lead to them. Nothing here is stored, and nothing needs consent.

pub use super::page::Page;

use crate::{
    content::{Button, Message},
    domain::Pool,
};

use super::{
    command::Command,
    scene::{Reply, Scene},
    tap::Tap,
};

/// A page, with a way on from it.
pub fn page(scene: &Scene, page: Page) -> Reply {
    let pages = &scene.texts().pages;
    let practice = &scene.content.practice;
    let helplines = || scene.content.crisis.helplines(scene.voice());
    let body = match page {
        Page::Signs => pages.signs().to_owned(),
        Page::Causes => pages.causes().to_owned(),
        Page::Meaning => pages.meaning().to_owned(),
        Page::Support => pages.support(helplines()),
        Page::Therapy => pages.therapy(practice, helplines()),
        Page::Disclaimer => pages.disclaimer(scene.urgent()),
        Page::About => pages.about(practice, env!("CARGO_PKG_VERSION")),
        Page::Privacy => pages.privacy(practice),
    };
    Reply::new(scene.message(body, rows_below(scene, page)))
}

/// The list of everything that the bot can do, in groups.
pub fn help(scene: &Scene) -> Reply {
    let words = &scene.phrases().answers;
    let groups = [
        (
            &words.help_safety,
            &[
                Command::Crisis,
                Command::Disclaimer,
                Command::Privacy,
                Command::About,
                Command::Delete,
            ][..],
        ),
        (
            &words.help_read,
            &[
                Command::Signs,
                Command::Causes,
                Command::Meaning,
                Command::Support,
                Command::Therapy,
            ][..],
        ),
        (
            &words.help_notes,
            &[
                Command::Start,
                Command::Affirmation,
                Command::Practice,
                Command::Settings,
                Command::Time,
                Command::Days,
                Command::Timezone,
                Command::Country,
                Command::Language,
                Command::Pause,
                Command::Resume,
                Command::Stop,
            ][..],
        ),
    ];
    let groups = groups.map(|(title, commands)| {
        let lines = commands.iter().map(|command| {
            let name = command.name(scene.language());
            format!(
                "/{name} – {}",
                command.description(&scene.phrases().commands)
            )
        });
        let lines: Vec<String> = std::iter::once(format!("<b>{title}</b>"))
            .chain(lines)
            .collect();
        lines.join("\n")
    });
    Reply::new(scene.message(
        scene.texts().pages.help(&groups.join("\n\n")),
        menu_rows(scene),
    ))
}

/// A sentence above the menu.
pub fn menu(scene: &Scene, said: &str) -> Reply {
    Reply::new(menu_message(scene, said))
}

/// The same as a message.
pub(super) fn menu_message(scene: &Scene, said: &str) -> Message {
    let mut rows = menu_rows(scene);
    let buttons = &scene.phrases().buttons;
    let notes = if scene.subscriber.is_some() {
        scene.button(&buttons.settings, &Tap::Settings)
    } else {
        scene.button(&buttons.start_notes, &Tap::Start)
    };
    rows.push(vec![notes, scene.button(&buttons.everything, &Tap::Help)]);
    scene.message(said, rows)
}

/// Signs, practices, support, help.
pub fn menu_rows(scene: &Scene) -> Vec<Vec<Button>> {
    let buttons = &scene.phrases().buttons;
    vec![
        vec![
            scene.button(&buttons.signs, &Tap::Page(Page::Signs)),
            scene.button(&buttons.practices, &Tap::NoteNow(Pool::Practices)),
        ],
        vec![
            scene.button(&buttons.support, &Tap::Page(Page::Support)),
            scene.crisis_button(),
        ],
    ]
}

fn rows_below(scene: &Scene, page: Page) -> Vec<Vec<Button>> {
    let buttons = &scene.phrases().buttons;
    let to = |label: &str, page| scene.button(label, &Tap::Page(page));
    let mut rows = match page {
        Page::Signs => vec![vec![
            to(&buttons.meaning, Page::Meaning),
            to(&buttons.causes, Page::Causes),
        ]],
        Page::Causes | Page::Meaning => {
            vec![vec![
                scene.button(&buttons.practices, &Tap::NoteNow(Pool::Practices)),
            ]]
        }
        Page::Support => vec![vec![
            scene.button(&buttons.practices, &Tap::NoteNow(Pool::Practices)),
            to(&buttons.therapy, Page::Therapy),
        ]],
        Page::Therapy => {
            let link = scene.content.practice.link.clone();
            let link = link.map(|url| {
                vec![Button::Link {
                    label: buttons.therapy.clone(),
                    url,
                }]
            });
            link.into_iter().collect()
        }
        Page::Disclaimer | Page::About | Page::Privacy => vec![],
    };
    let before_consent = scene.subscriber.is_none()
        && matches!(page, Page::Privacy | Page::Disclaimer | Page::About);
    rows.push(if before_consent {
        vec![
            scene.button(&buttons.back, &Tap::Start),
            scene.crisis_button(),
        ]
    } else if page == Page::Support {
        vec![scene.crisis_button()]
    } else {
        vec![to(&buttons.support, Page::Support), scene.crisis_button()]
    });
    rows
}
