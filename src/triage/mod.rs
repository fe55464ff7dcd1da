//! stub
#[derive(PartialEq)]
pub enum Category {
    Medical,
    HarmToBaby,
    Psychosis,
    Violence,
    SomeoneElse,
    ScaryThoughts,
}
#[derive(PartialEq)]
pub enum Tier {
    None,
    Concern,
    Loss,
    Emergency,
}
pub struct Finding {
    pub tier: Tier,
    pub categories: Vec<Category>,
    pub language: Option<crate::domain::Language>,
}
pub fn read(_: &str) -> Finding {
    Finding {
        tier: Tier::None,
        categories: vec![],
        language: None,
    }
}
