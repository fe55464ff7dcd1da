//! Everything that can be typed with a slash, in both languages, by both names, before and after she agreed.

use expect_test::expect;
use serde_json::{Value, json};
use slowbloom::{conversation::command::Command, domain::Language};

use crate::support::{
    crowd::{Agreed, each_says, subscriber, table, us},
    world::World,
};

fn names(language: Language) -> Vec<String> {
    Command::all()
        .map(|command| format!("/{}", command.name(language)))
        .collect()
}

async fn answers(language: Language, agreed: Agreed) -> String {
    let world = World::new().await;
    let names = names(language);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    table(&world, language.code(), agreed, &names).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_has_its_answer_in_english() {
    expect![[r#"
        /crisis → You don’t have to handle this alone. [Copy 988 | Copy +1 833-852-6262 | 988 chat | Find a helpline anywhere | Other countries]
        /start → Your settings [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /affirmation → (a note) [Another one, Not for me | Crisis help]
        /practice → (a note) [Another one, Not for me | Crisis help]
        /signs → Signs You May Be Struggling to Bond With Your Baby [What it doesn’t mean, Why it happens | Support options, Crisis help]
        /causes → Why Bonding Doesn’t Always Happen Instantly [Practices | Support options, Crisis help]
        /meaning → In the article’s words: [Practices | Support options, Crisis help]
        /support → How to Support Connection With Your Baby [Practices, Therapy contact | Crisis help]
        /therapy → Reaching a therapist [Support options, Crisis help]
        /disclaimer → The article’s disclaimer, word for word: [Support options, Crisis help]
        /about → About Slow Bloom [Support options, Crisis help]
        /settings → Your settings [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /time → When would you like your note? [8:00 am, 10:00 am, 1:00 pm, 7:00 pm | Another time | Back, Crisis help]
        /days → On which days? For other days, type for example /days mon thu. [every day | Monday to Friday | weekends | Monday, Wednesday, Friday | Back, Crisis help]
        /timezone → Is it 10:24 am where you are? [Yes, No | Type my city | Share my location once | Back, Crisis help]
        /country → Which country’s help lines shall I show? [United States, Canada | United Kingdom, Ireland | Australia, New Zealand | Mexico, Spain | India, South Africa | Another EU country, Another country | Back, Crisis help]
        /language → English or Spanish? ¿Inglés o español? [English, Español | Back, Crisis help]
        /pause → For how long? Nothing is lost, and you can resume any time. [1 day, 3 days | 7 days, 30 days | Until I resume | Back, Crisis help]
        /resume → Notes are on again. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /stop → Done. I won’t send any more notes. Thank you for letting me be here. [Start again, Erase my data | Crisis help]
        /delete → This erases everything I keep about this chat, at once and for good. Erase it? [Yes, erase everything | No, keep it | Crisis help]
        /privacy → Your privacy, in short [Support options, Crisis help]
        /help → I’m a bot that shares short, gentle notes for parents who find it hard to feel close to their baby. Tap a command, or type it. [Signs, Practices | Support options, Crisis help]
    "#]].assert_eq(&answers(Language::En, Agreed::Yes).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_has_its_answer_in_spanish() {
    expect![[r#"
        /ayuda_ya → No tienes que pasar por esto sin ayuda. [Copiar 988 | Copiar +1 833-852-6262 | Chat del 988 | Buscar ayuda en cualquier país | Otros países]
        /suscribir → Tus ajustes [Hora, Días | Qué recibo, Zona horaria | País, Idioma | Que suene al llegar | Pausar, Parar las notas | Borrar mis datos, Ayuda en crisis]
        /afirmacion → (a note) [Otra, No es para mí | Ayuda en crisis]
        /practica → (a note) [Otra, No es para mí | Ayuda en crisis]
        /senales → Señales de que te está costando crear el vínculo con tu bebé [Lo que no significa, Por qué pasa | Opciones de apoyo, Ayuda en crisis]
        /causas → Por qué el vínculo no siempre se da al instante [Prácticas | Opciones de apoyo, Ayuda en crisis]
        /significado → El artículo dice (traducción nuestra): [Prácticas | Opciones de apoyo, Ayuda en crisis]
        /apoyo → Cómo favorecer la conexión con tu bebé [Prácticas, Contacto de terapia | Ayuda en crisis]
        /terapia → Cómo encontrar terapeuta [Opciones de apoyo, Ayuda en crisis]
        /aviso → El aviso del artículo, palabra por palabra (el original está en inglés): [Opciones de apoyo, Ayuda en crisis]
        /acerca → Acerca de Slow Bloom [Opciones de apoyo, Ayuda en crisis]
        /ajustes → Tus ajustes [Hora, Días | Qué recibo, Zona horaria | País, Idioma | Que suene al llegar | Pausar, Parar las notas | Borrar mis datos, Ayuda en crisis]
        /hora → ¿A qué hora te gustaría recibir tu nota? [8:00, 10:00, 13:00, 19:00 | Otra hora | Volver, Ayuda en crisis]
        /dias → ¿Qué días? Para otros días, escribe por ejemplo /dias lunes y jueves. [todos los días | de lunes a viernes | fines de semana | lunes, miércoles y viernes | Volver, Ayuda en crisis]
        /zona → ¿Tu reloj marca 10:24? [Sí, No | Escribir mi ciudad | Compartir mi ubicación una vez | Volver, Ayuda en crisis]
        /pais → ¿De qué país te muestro las líneas de ayuda? [Estados Unidos, Canadá | Reino Unido, Irlanda | Australia, Nueva Zelanda | México, España | India, Sudáfrica | Otro país de la UE, Otro país | Volver, Ayuda en crisis]
        /idioma → English or Spanish? ¿Inglés o español? [English, Español | Volver, Ayuda en crisis]
        /pausar → ¿Por cuánto tiempo? No se pierde nada, y puedes reanudarlas cuando quieras. [1 día, 3 días | 7 días, 30 días | Hasta que yo diga | Volver, Ayuda en crisis]
        /reanudar → Las notas vuelven a llegar. [Hora, Días | Qué recibo, Zona horaria | País, Idioma | Que suene al llegar | Pausar, Parar las notas | Borrar mis datos, Ayuda en crisis]
        /parar → Listo. No te enviaré más notas. Gracias por dejarme estar aquí. [Empezar otra vez, Borrar mis datos | Ayuda en crisis]
        /borrar → Esto borra todo lo que guardo de este chat, ahora mismo y de forma definitiva. ¿Lo borro? [Sí, borrar todo | No, conservarlo | Ayuda en crisis]
        /privacidad → Tu privacidad, en breve [Opciones de apoyo, Ayuda en crisis]
        /ayuda → Soy un bot que envía notas cortas y amables a mamás, papás y cuidadores a quienes les cuesta sentir cercanía con su bebé. Toca un comando o escríbelo. [Señales, Prácticas | Opciones de apoyo, Ayuda en crisis]
    "#]].assert_eq(&answers(Language::Es, Agreed::Yes).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn before_she_agrees_commands_for_settings_say_how_to_begin() {
    let world = World::new().await;
    let typed = [
        "/start",
        "/settings",
        "/time 8:30",
        "/days",
        "/timezone Lima",
        "/pause",
        "/resume",
        "/country",
        "/country Canada",
        "/country Atlantis",
        "/language",
        "/idioma español",
        "/stop",
        "/delete",
    ];
    expect![[r#"
        /start → Hi. I’m a bot, not a person. I share short, gentle notes for parents who find it hard to feel close to their baby. The notes come from one article by a postpartum therapist. [Yes, I’m 18+ and I agree | More about privacy | No thanks, let me look | Get help now]
        /settings → There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below. [Get notes | All I can do, Crisis help]
        /time 8:30 → There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below. [Get notes | All I can do, Crisis help]
        /days → There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below. [Get notes | All I can do, Crisis help]
        /timezone Lima → There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below. [Get notes | All I can do, Crisis help]
        /pause → There are no settings yet, because you don’t get notes. Everything else works without them. If you would like a short note each day, tap below. [Get notes | All I can do, Crisis help]
        /resume → Hi. I’m a bot, not a person. I share short, gentle notes for parents who find it hard to feel close to their baby. The notes come from one article by a postpartum therapist. [Yes, I’m 18+ and I agree | More about privacy | No thanks, let me look | Get help now]
        /country → You don’t have to handle this alone. [United States, Canada | United Kingdom, Ireland | Australia, New Zealand | Mexico, Spain | India, South Africa | Another EU country, Another country | Crisis help]
        /country Canada → Help lines for: Canada. I can keep your country once you agree to get notes. [Copy 988 | Find a helpline anywhere | Other countries]
        /country Atlantis → I don’t know that country. Pick one below. For anywhere else, choose “Another country”. Nothing was changed. [United States, Canada | United Kingdom, Ireland | Australia, New Zealand | Mexico, Spain | India, South Africa | Another EU country, Another country | All I can do, Crisis help]
        /language → English or Spanish? ¿Inglés o español? [English, Español | All I can do, Crisis help]
        /idioma español → Hola. Soy un bot, no una persona. Envío notas cortas y amables a mamás, papás y cuidadores a quienes les cuesta sentir cercanía con su bebé. Las notas vienen de un artículo de una terapeuta de posparto. [Sí, tengo 18+ y acepto | Más sobre privacidad | No, solo quiero mirar | Necesito ayuda ya]
        /stop → You are not getting any notes from me. [Get notes | All I can do, Crisis help]
        /delete → I keep nothing about this chat. [All I can do, Crisis help]
    "#]].assert_eq(&table(&world, "en", Agreed::No, &typed).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spanish_name_does_the_same_as_the_english_one() {
    for language in Language::ALL {
        let world = World::new().await;
        let (english, spanish) = (names(Language::En), names(Language::Es));
        let both: Vec<&str> = english.iter().chain(&spanish).map(String::as_str).collect();
        let told = each_says(&world, language.code(), Agreed::Yes, &both).await;
        let (by_english, by_spanish) = told.split_at(english.len());
        for ((name, (_, one)), (_, other)) in english.iter().zip(by_english).zip(by_spanish) {
            assert_eq!(one.labels(), other.labels(), "{name}");
            // A note comes in an order of her own.
            if !matches!(name.as_str(), "/affirmation" | "/practice") {
                assert_eq!(one.text, other.text, "{name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_take_their_argument_in_any_usual_spelling() {
    let world = World::new().await;
    let typed = [
        "/time 8:30 pm",
        "/hora 20h",
        "/time@slow_bloom_try_bot 7",
        "/time 25:99",
        "/time whenever",
        "/days weekdays",
        "/dias lunes y jueves",
        "/days someday",
        "/timezone New York",
        "/timezone America/Lima",
        "/timezone Springfield",
        "/timezone Atlantis",
        "/country Canada",
        "/country fr",
        "/pais méxico",
        "/country Atlantis",
        "/language español",
        "/language klingon",
        "/pause 3",
        "/pause 1 week",
        "/pause 40",
        "/pause forever",
    ];
    expect![[r#"
        /time 8:30 pm → Saved. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /hora 20h → Saved. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /time@slow_bloom_try_bot 7 → Saved. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /time 25:99 → I can’t read that as a time of day. Try something like 8:30, 20h or 8 pm. Nothing was changed. [8:00 am, 10:00 am, 1:00 pm, 7:00 pm | Another time | Back, Crisis help]
        /time whenever → I can’t read that as a time of day. Try something like 8:30, 20h or 8 pm. Nothing was changed. [8:00 am, 10:00 am, 1:00 pm, 7:00 pm | Another time | Back, Crisis help]
        /days weekdays → Saved. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /dias lunes y jueves → Saved. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /days someday → I can’t read that as days. Try weekdays, mon wed fri or every day. Nothing was changed. [every day | Monday to Friday | weekends | Monday, Wednesday, Friday | Back, Crisis help]
        /timezone New York → New York: is it 1:24 pm there now? [Yes, No | Crisis help]
        /timezone America/Lima → Peru: is it 1:24 pm there now? [Yes, No | Crisis help]
        /timezone Springfield → I know a few places like that. Which one is yours? [Springfield, Illinois | Springfield, Massachusetts | None of these | Share my location once | Back, Crisis help]
        /timezone Atlantis → I did not find that, and that’s fine. Try the nearest big city, or tap one of these. [Atlanta | None of these | Share my location once | Back, Crisis help]
        /country Canada → Help lines for: Canada. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /country fr → Help lines for: Another EU country. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /pais méxico → Help lines for: Mexico. [Time, Days | What I get, Time zone | Country, Language | Ring when a note comes | Pause, Stop notes | Erase my data, Crisis help]
        /country Atlantis → I don’t know that country. Pick one below. For anywhere else, choose “Another country”. Nothing was changed. [United States, Canada | United Kingdom, Ireland | Australia, New Zealand | Mexico, Spain | India, South Africa | Another EU country, Another country | Back, Crisis help]
        /language español → Desde ahora te escribo en español. [Hora, Días | Qué recibo, Zona horaria | País, Idioma | Que suene al llegar | Pausar, Parar las notas | Borrar mis datos, Ayuda en crisis]
        /language klingon → I speak English and Spanish. Nothing was changed. [English, Español | Back, Crisis help]
        /pause 3 → Paused. Your next note comes on Friday, March 12 at 10:00 am. [Notes on again, Settings | Crisis help]
        /pause 1 week → Paused. Your next note comes on Tuesday, March 16 at 10:00 am. [Notes on again, Settings | Crisis help]
        /pause 40 → I can pause for 1 to 30 days, or until you resume. Nothing was changed. [1 day, 3 days | 7 days, 30 days | Until I resume | Back, Crisis help]
        /pause forever → I can pause for 1 to 30 days, or until you resume. Nothing was changed. [1 day, 3 days | 7 days, 30 days | Until I resume | Back, Crisis help]
    "#]].assert_eq(&table(&world, "en", Agreed::Yes, &typed).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_scolded_for_a_command_that_does_not_exist() {
    let world = World::new().await;
    let typed = [
        "/nonsense",
        "/start@other",
        "/",
        "/ayuda ya",
        "/SEÑALES",
        "help",
        "Ajustes",
    ];
    expect![[r#"
        /nonsense → Soy un bot sencillo. Quizá no entiendo lo que escribiste, y ninguna persona lo lee. Elige una opción. Si algo no se siente seguro o es demasiado, toca Ayuda en crisis. [Señales, Prácticas | Opciones de apoyo, Ayuda en crisis | Ajustes, Todo lo que puedo hacer]
        /start@other → Ese comando es de otro bot. Esto es lo que puedo hacer: [Señales, Prácticas | Opciones de apoyo, Ayuda en crisis | Ajustes, Todo lo que puedo hacer]
        / → Soy un bot sencillo. Quizá no entiendo lo que escribiste, y ninguna persona lo lee. Elige una opción. Si algo no se siente seguro o es demasiado, toca Ayuda en crisis. [Señales, Prácticas | Opciones de apoyo, Ayuda en crisis | Ajustes, Todo lo que puedo hacer]
        /ayuda ya → No tienes que pasar por esto sin ayuda. [Copiar 988 | Copiar +1 833-852-6262 | Chat del 988 | Buscar ayuda en cualquier país | Otros países]
        /SEÑALES → Señales de que te está costando crear el vínculo con tu bebé [Lo que no significa, Por qué pasa | Opciones de apoyo, Ayuda en crisis]
        help → Soy un bot que envía notas cortas y amables a mamás, papás y cuidadores a quienes les cuesta sentir cercanía con su bebé. Toca un comando o escríbelo. [English, Español | Señales, Prácticas | Opciones de apoyo, Ayuda en crisis]
        Ajustes → Tus ajustes [Hora, Días | Qué recibo, Zona horaria | País, Idioma | Que suene al llegar | Pausar, Parar las notas | Borrar mis datos, Ayuda en crisis]
    "#]].assert_eq(&table(&world, "es", Agreed::Yes, &typed).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bare_words_stop_the_notes_and_longer_sentences_do_not() {
    let world = World::new().await;
    let stop = [
        "stop",
        "Stop!",
        "unsubscribe",
        "CANCEL",
        "parar",
        "¡Basta!",
        "/parar",
        "/unsubscribe",
    ];
    for (parent, said) in each_says(&world, "en", Agreed::Yes, &stop).await {
        assert!(
            said.text.starts_with("Done. I won’t send any more notes."),
            "{}",
            said.text
        );
        assert_eq!(world.next_note(&parent).await, None);
    }
    let go_on = ["please do not stop", "stop sign", "basta ya de ruido"];
    for (parent, _) in each_says(&world, "en", Agreed::Yes, &go_on).await {
        assert!(
            world.next_note(&parent).await.is_some(),
            "{}",
            parent.transcript()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_argument_sets_what_it_says_and_nothing_else() {
    let world = World::new().await;
    let mia = subscriber(&world, 21, "en").await;
    let before = world.row(&mia).await.unwrap();
    world.says(&mia, "/time 8:30 pm").await;
    world.says(&mia, "/days weekends").await;
    let after = world.row(&mia).await.unwrap();
    assert_eq!(
        world.next_note(&mia).await.as_deref(),
        Some("Sat 2027-03-13 20:30")
    );
    assert_eq!((after.zone, after.country), (before.zone.clone(), us()));
    world.says(&mia, "/days someday").await;
    world.says(&mia, "/time 25:99").await;
    world.says(&mia, "/country Atlantis").await;
    world.says(&mia, "/timezone Atlantis").await;
    let unchanged = world.row(&mia).await.unwrap();
    assert_eq!(
        (
            unchanged.schedule,
            unchanged.zone,
            unchanged.country,
            unchanged.next
        ),
        (after.schedule, before.zone, us(), after.next)
    );
}

/// What Telegram shows about the bot, as the stand-in has it.
async fn shown(world: &World, method: &str, language: &str) -> Value {
    let (url, token) = (world.telegram.url(), world.telegram.token());
    let request = reqwest::Client::new().post(format!("{url}/bot{token}/{method}"));
    let answer = request
        .json(&json!({ "language_code": language }))
        .send()
        .await
        .unwrap();
    answer.json::<Value>().await.unwrap()["result"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn telegram_shows_the_commands_and_descriptions_in_both_languages() {
    let world = World::new().await;
    let registered = "the menu button is set";
    let last = |calls: &[slowbloom::sandbox::CallRecord]| {
        calls.iter().any(|call| call.method == "getChatMenuButton")
    };
    world.telegram.until_calls(registered, last).await.unwrap();
    for language in Language::ALL {
        let code = if language == Language::En {
            ""
        } else {
            language.code()
        };
        let commands = shown(&world, "getMyCommands", code).await;
        let listed: Vec<String> = commands
            .as_array()
            .unwrap()
            .iter()
            .map(|command| format!("/{}", command["command"].as_str().unwrap()))
            .collect();
        assert_eq!(listed, names(language));
        assert_eq!(
            listed[0],
            if language == Language::En {
                "/crisis"
            } else {
                "/ayuda_ya"
            }
        );
    }
    let mut texts = String::new();
    for code in ["", "es"] {
        let long = shown(&world, "getMyDescription", code).await;
        let short = shown(&world, "getMyShortDescription", code).await;
        texts.extend([long["description"].as_str().unwrap(), "\n"]);
        texts.extend([short["short_description"].as_str().unwrap(), "\n"]);
    }
    expect![[r#"
        Short, kind notes for parents who find it hard to feel close to their baby, from one therapist’s article. A program, not a person: education only, not therapy. No one watches this chat. In danger: call 911. In crisis: call or text 988.
        Short, kind notes for parents. Education only, not therapy. In crisis: call or text 988.
        Notas cortas y amables para mamás, papás y cuidadores a quienes les cuesta sentir cercanía con su bebé, tomadas de un artículo de una terapeuta. Es un programa, no una persona: solo informa, no es terapia. Nadie vigila este chat. En peligro: llama al 911. En crisis: llama al 988 y oprime 2.
        Notas cortas y amables. Solo informa, no es terapia. En crisis: llama al 988 y oprime 2.
    "#]].assert_eq(&texts);
}
