//! The chat page of the real `slowbloom try`, in a real browser as wide as a phone.

use crate::support::browser::on_the_page;

#[tokio::test]
async fn a_parent_subscribes_and_moves_the_clock_to_her_first_note() {
    on_the_page(async |mia| {
        mia.sees("description", "from one therapist’s article")
            .await;
        mia.taps("[data-testid=start]").await;
        mia.sees("mine", "/start").await;
        mia.sees("bot-message", "I’m a bot, not a person").await;
        assert_eq!(mia.overhang().await, 0, "the page is wider than the phone");

        mia.taps_button("Yes, I’m 18+ and I agree").await;
        mia.taps_button("Yes").await;
        mia.taps_button("8:00 am").await;
        mia.taps_button("A daily affirmation").await;
        mia.sees("bot-message", "Your first note comes on").await;
        assert!(!mia.has(".silent").await, "an answer rings");

        mia.taps("#open-controls").await;
        mia.taps("[data-testid=jump-next-note]").await;
        mia.sees("now", "08:00").await;
        mia.sees("bot-message", "Not for me").await;
        assert!(mia.has(".silent").await, "a note does not ring");
        mia.taps("#close-controls").await;

        mia.types("/crisis").await;
        mia.sees("bot-message", "988").await;

        mia.taps("#open-controls").await;
        mia.taps("#country option[value=GB]").await;
        mia.sees("mine", "/country GB").await;
        mia.sees("bot-message", "Help lines for: United Kingdom")
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_phone_in_spanish() {
    on_the_page(async |luz| {
        luz.taps("#open-controls").await;
        luz.taps("#language option[value=es]").await;
        luz.taps("#close-controls").await;
        luz.sees("start", "INICIAR").await;
        luz.taps("[data-testid=start]").await;
        luz.taps_button("Sí, tengo 18+ y acepto").await;
        luz.taps_button("Sí").await;
        luz.sees("bot-message", "¿A qué hora te gustaría recibir tu nota?")
            .await;
        luz.taps("[data-testid=menu]").await;
        luz.taps("[data-testid=choice][data-label=\"/aviso\"]")
            .await;
        luz.sees("mine", "/aviso").await;
    })
    .await;
}

#[tokio::test]
async fn the_phone_is_seen_whole_on_a_laptop() {
    on_the_page(async |mia| {
        mia.opens_a_window_of(1280, 757).await;
        mia.taps("[data-testid=start]").await;
        mia.sees("bot-message", "I’m a bot, not a person").await;
        for css in ["#phone", "[data-testid=text]", "[data-testid=send]"] {
            assert!(mia.sees_all_of(css).await, "{css} is below the fold");
        }
        mia.scrolls_down().await;
        assert!(mia.sees_all_of("#phone").await, "it scrolls away");
        mia.opens_a_window_of(1024, 600).await;
        assert!(mia.sees_all_of("#phone").await, "on a small laptop");
    })
    .await;
}
