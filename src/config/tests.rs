//! What the settings accept, refuse and never show.

use secrecy::ExposeSecret;

use super::*;

const TOKEN: &str = "1234567:AAabcdefghijklmnopqrstuvwxyz_-12345";
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

fn read(set: &[(&str, &str)]) -> Result<Config, Problems> {
    Config::read(|name| {
        let (_, value) = set.iter().find(|(set_name, _)| *set_name == name)?;
        Some((*value).to_owned())
    })
}

fn wrong(set: &[(&str, &str)]) -> String {
    read(set)
        .expect_err("something here is not allowed")
        .to_string()
}

#[test]
fn nothing_set_gives_the_defaults_of_the_table() {
    let config = read(&[]).unwrap();
    assert_eq!(config.default_zone.name(), "America/Los_Angeles");
    assert_eq!(config.default_country.code(), "US");
    assert_eq!(config.database(), "sqlite://data/slowbloom.db");
    assert_eq!(config.api_url, "https://api.telegram.org");
    assert_eq!(config.send_rate.get(), 30);
    assert!(!config.paid_broadcast);
    assert!(matches!(config.data_key, DataKey::File(path) if path.ends_with("slowbloom.key")));
    assert_eq!(config.log.format, LogFormat::Text);
    assert!(config.webhook.is_none() && config.http_listen.is_none());
}

#[test]
fn every_setting_can_be_set() {
    let config = read(&[
        ("TELOXIDE_TOKEN", TOKEN),
        ("TELOXIDE_API_URL", "http://127.0.0.1:8081/"),
        ("TELOXIDE_PROXY", "socks5://mia:hush@127.0.0.1:9050"),
        ("DATABASE_URL", "postgres://mia:hush@db.example/bloom"),
        ("DATA_KEY", KEY),
        ("MESSAGES_DIR", "texts"),
        ("DEFAULT_TIMEZONE", "Europe/Madrid"),
        ("DEFAULT_COUNTRY", "es"),
        ("HTTP_LISTEN", "127.0.0.1:8080"),
        ("WEBHOOK_URL", "https://bloom.example:8443/hook"),
        ("WEBHOOK_SECRET", "a-secret_1"),
        ("SEND_RATE", "900"),
        ("PAID_BROADCAST", "true"),
        ("LOG_FORMAT", "json"),
        ("RUST_LOG", "warn,slowbloom=debug"),
    ])
    .unwrap();
    assert_eq!(config.token().unwrap().expose_secret(), TOKEN);
    assert_eq!(config.api_url, "http://127.0.0.1:8081");
    assert_eq!(config.database(), "postgres://db.example/bloom");
    assert!(matches!(config.data_key, DataKey::Given(_)));
    assert_eq!(config.default_zone.name(), "Europe/Madrid");
    assert_eq!(config.default_country.code(), "ES");
    assert_eq!(config.send_rate.get(), 900);
    assert_eq!(
        config.webhook.unwrap().url,
        "https://bloom.example:8443/hook"
    );
    assert_eq!(config.log.format, LogFormat::Json);
}

#[test]
fn an_empty_value_counts_as_not_set() {
    let config = read(&[("SEND_RATE", ""), ("TELOXIDE_TOKEN", " ")]).unwrap();
    assert_eq!(config.send_rate.get(), 30);
    assert!(config.token().is_err());
}

#[test]
fn all_wrong_values_are_named_at_once_with_what_is_allowed() {
    expect_test::expect![[r"
        3 settings need a look:
          DEFAULT_COUNTRY=Spain: this is not a code of two letters; allowed: a two-letter country code that has a file in messages/crisis, such as US, MX or GB; ZZ for anywhere
          SEND_RATE=31: Telegram allows this only with paid broadcasts; allowed: a whole number from 1 to 30; to 1000 with PAID_BROADCAST=true
          LOG_FORMAT=xml: this format is not known; allowed: text or json"]]
    .assert_eq(&wrong(&[
        ("LOG_FORMAT", "xml"),
        ("SEND_RATE", "31"),
        ("DEFAULT_COUNTRY", "Spain"),
    ]));
}

#[test]
fn each_setting_refuses_what_it_cannot_use() {
    for (name, value) in [
        ("TELOXIDE_TOKEN", "your-token-here"),
        ("TELOXIDE_TOKEN", "1234567:short"),
        ("TELOXIDE_API_URL", "api.telegram.org"),
        ("TELOXIDE_PROXY", "ftp://proxy.example"),
        ("DATABASE_URL", "mysql://db.example/bloom"),
        ("DATABASE_URL", "postgres://mia:hu#sh@:x/"),
        ("DATA_KEY", "abc"),
        ("DEFAULT_TIMEZONE", "Mars/Olympus"),
        ("HTTP_LISTEN", "8080"),
        ("WEBHOOK_URL", "http://bloom.example"),
        ("WEBHOOK_URL", "https://bloom.example:8080"),
        ("WEBHOOK_SECRET", "two words"),
        ("SEND_RATE", "0"),
        ("SEND_RATE", "fast"),
        ("PAID_BROADCAST", "maybe"),
        ("RUST_LOG", "slowbloom=loud"),
        ("RUST_LOG", "verbose"),
        ("RUST_LOG", "info,slowbloom"),
    ] {
        let said = wrong(&[(name, value)]);
        assert!(
            said.starts_with(&format!("{name}=")) && said.contains("; allowed: "),
            "{name}={value} got: {said}"
        );
    }
}

#[test]
fn every_level_and_list_of_levels_is_taken() {
    for levels in [
        "off",
        "WARN",
        "info,slowbloom::courier=debug,",
        "warn,slowbloom=trace",
    ] {
        assert_eq!(read(&[("RUST_LOG", levels)]).unwrap().log.filter, levels);
    }
}

#[test]
fn paid_broadcast_allows_a_thousand_and_no_more() {
    let most = [("PAID_BROADCAST", "true"), ("SEND_RATE", "1000")];
    assert_eq!(read(&most).unwrap().send_rate.get(), 1000);
    let more = [("PAID_BROADCAST", "true"), ("SEND_RATE", "1001")];
    assert!(wrong(&more).contains("does not allow this many"));
}

#[test]
fn no_error_repeats_a_secret() {
    let said = wrong(&[
        ("TELOXIDE_TOKEN", "1234567:hush"),
        ("TELOXIDE_API_URL", "https://mia:hush@api.example"),
        ("TELOXIDE_PROXY", "hush"),
        ("DATABASE_URL", "mysql://mia:hush@db.example"),
        ("DATA_KEY", "hush"),
        ("WEBHOOK_URL", "https://mia:hush@bloom.example"),
        ("WEBHOOK_SECRET", "hush hush"),
    ]);
    assert!(
        said.starts_with("7 settings") && !said.contains("hush"),
        "{said}"
    );
}

#[test]
fn debug_output_shows_no_secret() {
    let config = read(&[
        ("TELOXIDE_TOKEN", TOKEN),
        ("TELOXIDE_PROXY", "http://mia:hush@proxy.example"),
        (
            "DATABASE_URL",
            "postgres://mia:hush@db.example/bloom?password=hush",
        ),
        ("DATA_KEY", KEY),
        ("HTTP_LISTEN", "127.0.0.1:8080"),
        ("WEBHOOK_URL", "https://bloom.example"),
        ("WEBHOOK_SECRET", "hush"),
    ])
    .unwrap();
    let shown = format!("{config:?} {config:#?} {}", config.database());
    for secret in ["hush", "AAabc", "0011"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn both_forms_of_the_key_are_one_too_many() {
    let said = wrong(&[("DATA_KEY", KEY), ("DATA_KEY_FILE", "key")]);
    assert!(said.contains("keep one of the two"), "{said}");
}

#[test]
fn a_webhook_needs_somewhere_to_listen() {
    let url = ("WEBHOOK_URL", "https://bloom.example/hook");
    assert!(wrong(&[url]).starts_with("WEBHOOK_URL is set, but HTTP_LISTEN is not"));
    assert!(read(&[url, ("HTTP_LISTEN", "127.0.0.1:8080")]).is_ok());
}

#[test]
fn a_webhook_has_an_address_that_telegram_takes() {
    let listen = ("HTTP_LISTEN", "127.0.0.1:8080");
    for (url, complaint) in [
        ("http://bloom.example/hook", "by https only"),
        ("https://bloom.example:444/hook", "to this port"),
        ("https://bloom.example/healthz", "answers something else"),
    ] {
        let said = wrong(&[listen, ("WEBHOOK_URL", url)]);
        assert!(said.contains(complaint), "{url}: {said}");
    }
    for url in ["https://bloom.example/", "http://127.0.0.1:9090/hook"] {
        assert!(read(&[listen, ("WEBHOOK_URL", url)]).is_ok(), "{url}");
    }
}

#[test]
fn the_file_is_read_with_quotes_and_remarks() {
    let values = dotenv::parse("# a remark\nA='b # c'\nexport D=e # remark\nSEND_RATE=\n").unwrap();
    assert_eq!(values["A"], "b # c");
    assert_eq!(values["D"], "e");
    assert!(!values.contains_key("SEND_RATE"));
}

#[test]
fn a_broken_line_of_the_file_is_named_by_its_number() {
    let said = dotenv::parse("A=b\nTELOXIDE_TOKEN hush\n").unwrap_err();
    assert!(
        said.to_string().starts_with(".env, line 2: ") && !said.to_string().contains("hush"),
        "{said}"
    );
}

#[test]
fn whatever_is_broken_about_a_line_its_number_is_named_and_not_its_text() {
    let long = format!("# {}\nA=hush hush\n", "x".repeat(20_000));
    for (text, line) in [
        ("A=b\n\n# a remark\nB=hush hush\nC=d\n", 4),
        ("A=b # a remark\nB=hush hush # a remark\n", 2),
        ("A=b\n\nB='hush\nC=d\nD=e\n", 3),
        ("A='b\nc'\nB='hush\nhush' hush\n", 3),
        ("A=b\r\n=hush\r\n", 2),
        ("A=b\nA=b\nB=hush $ {", 3),
        ("\u{feff}A=b\nhush", 2),
        (&long, 2),
    ] {
        let said = dotenv::parse(text).unwrap_err().to_string();
        let start = format!(".env, line {line}: not of the form");
        assert!(
            said.starts_with(&start) && !said.contains("hush"),
            "{text:?}: {said}"
        );
    }
}

#[test]
fn a_slip_in_a_name_is_noticed_and_foreign_names_are_not() {
    let said = dotenv::parse("TELOXIDE_TOKN=x\n").unwrap_err().to_string();
    assert!(said.contains("did you mean TELOXIDE_TOKEN?"), "{said}");
    assert!(dotenv::parse("POSTGRES_PASSWORD=x\nTZ=UTC\n").is_ok());
}

#[test]
fn the_example_file_says_what_the_table_says() {
    expect_test::expect_file!["../../.env.example"].assert_eq(&env_example());
}

#[test]
fn the_example_file_is_read_back_as_the_defaults() {
    let plain = env_example().replace("\n# TELOXIDE", "\nTELOXIDE");
    let values = dotenv::parse(&plain).unwrap();
    assert_eq!(values["TELOXIDE_API_URL"], "https://api.telegram.org");
}

#[test]
fn every_setting_that_is_read_stands_in_the_table_and_the_other_way_round() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let nothing_set = Config::read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    assert!(nothing_set.is_ok());
    let listed = SETTINGS.iter().map(|setting| setting.name.to_owned());
    assert_eq!(*asked.borrow(), listed.collect());
}
