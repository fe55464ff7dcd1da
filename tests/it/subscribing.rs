//! The first minute: a parent subscribes and gets her note.

use expect_test::expect;

use crate::support::world::World;

pub(crate) const AGREE: &str = "Yes, I’m 18+ and I agree";
pub(crate) const AGREE_ES: &str = "Sí, tengo 18+ y acepto";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "the whole conversation is shown")]
async fn a_parent_subscribes_in_three_taps_and_gets_her_note() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    assert!(
        world.row(&mia).await.is_none(),
        "nothing is stored before she agrees"
    );
    world.taps(&mia, AGREE).await;
    world.taps(&mia, "Yes").await;
    world.taps(&mia, "1:00 pm").await;
    world.taps(&mia, "A daily affirmation").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Mon 2027-03-08 13:00")
    );
    world.at("America/Los_Angeles", "2027-03-08T13:00:00").await;
    expect![[r"
        mia: /start
        bot: Hi. I’m a bot, not a person. I share short, gentle notes for parents who find it hard to feel close to their baby. The notes come from one article by a postpartum therapist.

             Please read this first:
             • I am not therapy or medical care. No one watches this chat. I can’t check on you or call for help.
             • In danger: call 911. In crisis: call or text 988.
             • If you say yes, I save: your Telegram ID, language, country, time zone, note times and settings, the day you agreed, the last day you used me, and which notes I sent. Getting these notes says something about your health. That is why I ask first.
             • I do not save what you type.
             • Bot chats on Telegram are not end-to-end encrypted. A person with your phone can read them.
             • Stop any time with /stop. Erase what I saved with /delete.

             The article’s own disclaimer, word for word:
             Disclaimer: This is not a replacement for a therapeutic relationship or mental health services. This is for educational purposes only and should be in used only in conjunction in working with a licensed mental health professional. If you are in California and looking for a professional therapist feel free to use the contact me to request an appointment or search Psychology Today for local therapists in your area.

             Are you 18 or older, and is it OK to save this and send you notes?

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Yes, I’m 18+ and I agree]
             [More about privacy]
             [No thanks, let me look]
             [Get help now]
        mia taps [Yes, I’m 18+ and I agree]
        bot: Is it 10:24 am where you are?

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Yes] [No]
             [Type my city]
             [Share my location once]
             [Skip this] [Crisis help]
        mia taps [Yes]
        bot (edited): When would you like your note?

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [8:00 am] [10:00 am] [1:00 pm] [7:00 pm]
             [Another time]
             [Skip this] [Crisis help]
        mia taps [1:00 pm]
        bot (edited): What would you like?

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [A daily affirmation]
             [Affirmations and gentle practice reminders]
             [Three notes a week]
             [One note a week]
             [Skip this] [Crisis help]
        mia taps [A daily affirmation]
        bot (edited): All set.

             A daily affirmation, every day at 1:00 pm (US Pacific: California, Washington, Oregon, Nevada).

             Help lines for: United States

             Your first note comes on Monday, March 8 at 1:00 pm. It comes without a sound.

             You can change anything below, pause with /pause, or end it any time with /stop.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [See a note now]
             [Time] [Days]
             [What I get] [Time zone]
             [Country] [Language]
             [Crisis help]
        bot (silent): Bonding challenges are more common than most people realize.

             Education only, not therapy. Danger? Call 911. Crisis? Call/text 988. Parents’ line: +1 833-852-6262. /crisis
             [Another time] [Not for me]
             [Fewer or pause] [Get help now]"]]
    .assert_eq(&mia.transcript());
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 13:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "the whole conversation is shown")]
async fn a_parent_subscribes_in_spanish() {
    let world = World::new().await;
    let luz = world.luz();
    world.says(&luz, "/suscribir").await;
    assert!(world.row(&luz).await.is_none());
    world.taps(&luz, AGREE_ES).await;
    world.taps(&luz, "Sí").await;
    world.taps(&luz, "19:00").await;
    world.taps(&luz, "Una nota por semana").await;
    assert_eq!(
        world.next_note_comes(&luz).await,
        "Mon 2027-03-08 19:00",
        "the first one comes on the day of the plan"
    );
    expect![[r"
        luz: /suscribir
        bot: Hola. Soy un bot, no una persona. Envío notas cortas y amables a mamás, papás y cuidadores a quienes les cuesta sentir cercanía con su bebé. Las notas vienen de un artículo de una terapeuta de posparto.

             Antes de empezar, por favor lee esto:
             • No soy terapia ni atención médica. Nadie vigila este chat. No puedo ver cómo estás ni pedir ayuda por ti.
             • En peligro: llama al 911. En crisis: llama al 988 y oprime 2.
             • Si dices que sí, guardo: tu ID de Telegram, idioma, país, zona horaria, horarios y ajustes, el día en que aceptaste, el último día que me usaste y qué notas te envié. Recibir estas notas dice algo sobre tu salud. Por eso te pregunto primero.
             • No guardo lo que escribes.
             • Los chats con bots de Telegram no tienen cifrado de extremo a extremo. Quien tenga tu teléfono puede leerlos.
             • Puedes parar cuando quieras con /parar y borrar lo que guardé con /borrar.

             El aviso del artículo (traducción nuestra; el original está en /aviso):
             Aviso: Esto no reemplaza una relación terapéutica ni los servicios de salud mental. Tiene solo fines educativos y debe usarse únicamente junto con el trabajo con un profesional de salud mental con licencia. Si estás en California y buscas un terapeuta profesional, puedes usar “contact me” para pedir una cita, o buscar en Psychology Today terapeutas de tu zona.

             ¿Tienes 18 años o más, y me permites guardar esto y enviarte notas?

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [Sí, tengo 18+ y acepto]
             [Más sobre privacidad]
             [No, solo quiero mirar]
             [Necesito ayuda ya]
        luz taps [Sí, tengo 18+ y acepto]
        bot: ¿Tu reloj marca 10:24?

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [Sí] [No]
             [Escribir mi ciudad]
             [Compartir mi ubicación una vez]
             [Saltar esto] [Ayuda en crisis]
        luz taps [Sí]
        bot (edited): ¿A qué hora te gustaría recibir tu nota?

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [8:00] [10:00] [13:00] [19:00]
             [Otra hora]
             [Saltar esto] [Ayuda en crisis]
        luz taps [19:00]
        bot (edited): ¿Qué te gustaría recibir?

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [Una afirmación al día]
             [Afirmaciones y prácticas suaves]
             [Tres notas por semana]
             [Una nota por semana]
             [Saltar esto] [Ayuda en crisis]
        luz taps [Una nota por semana]
        bot (edited): Todo listo.

             Una nota por semana, lunes a las 19:00 (Pacífico de EE. UU.: California, Washington, Oregón, Nevada).

             Líneas de ayuda de: Estados Unidos

             Tu primera nota llega el lunes 8 de marzo a las 19:00. Llega sin sonido.

             Abajo puedes cambiar lo que quieras. Para una pausa, toca /pausar; para terminar, /parar, cuando quieras.

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [Ver una nota ahora]
             [Hora] [Días]
             [Qué recibo] [Zona horaria]
             [País] [Idioma]
             [Ayuda en crisis]
        bot (silent): Que cueste crear el vínculo es más común de lo que se cree.

             Solo informa, no es terapia. ¿Peligro? 911. ¿Crisis? 988, oprime 2. Línea materna: +1 833-852-6262. /crisis
             [En otro momento] [No es para mí]
             [Menos o pausa] [Necesito ayuda ya]"]]
    .assert_eq(&luz.transcript());
    assert_eq!(
        world.next_note(&luz).await.as_deref(),
        Some("Mon 2027-03-15 19:00")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_skips_everything_gets_the_default() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, AGREE).await;
    for _ in 0..3 {
        world.taps(&mia, "Skip this").await;
    }
    let summary = world.last_to(&mia);
    assert!(
        summary.contains("A daily affirmation, every day at 10:00 am"),
        "{summary}"
    );
    assert!(
        summary.contains("Tuesday, March 9 at 10:00 am"),
        "{summary}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_walks_away_in_the_middle_gets_her_note_all_the_same() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.taps(&mia, AGREE).await;
    world.taps(&mia, "No").await;
    assert_eq!(world.next_note_comes(&mia).await, "Tue 2027-03-09 10:00");
    assert_eq!(
        world.messages_to(&mia),
        3,
        "welcome, question, note: {}",
        mia.transcript()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_loses_nothing() {
    let mut world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start").await;
    world.restarts().await;
    world.taps(&mia, AGREE).await;
    world.restarts().await;
    world.taps(&mia, "No").await;
    world.taps(&mia, "Type my city").await;
    world.restarts().await;
    world.says(&mia, "Denver").await;
    world.taps(&mia, "Yes").await;
    world.restarts().await;
    world.says(&mia, "25:99").await;
    world.says(&mia, "8:30 pm").await;
    world.restarts().await;
    world.taps(&mia, "One note a week").await;
    let summary = world.last_to(&mia);
    assert!(
        summary.contains("One note a week, Monday at 8:30 pm"),
        "{summary}"
    );
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Mon 2027-03-08 20:30"),
        "on a clock in Denver"
    );
    // A program that was started anew does not know when the last message left; no real start is that quick.
    world.telegram.forget_breaches();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_note_leaves_her_an_hour() {
    let world = World::with("2027-03-08T17:58:00Z", &[]).await;
    let mia = world.mia();
    world.subscribes(&mia).await;
    world.taps(&mia, "Yes").await;
    world.taps(&mia, "10:00 am").await;
    world.taps(&mia, "A daily affirmation").await;
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Tue 2027-03-09 10:00"),
        "at 9:58, a note at 10:00 would jump at her"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn start_with_a_deep_link_is_start_and_start_later_shows_the_settings() {
    let world = World::new().await;
    let mia = world.mia();
    world.says(&mia, "/start leaflet_3").await;
    world.taps(&mia, AGREE).await;
    world.says(&mia, "/start").await;
    assert!(world.last_to(&mia).starts_with("Your settings"));
}
