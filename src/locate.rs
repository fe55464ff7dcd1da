//! stub
pub fn zone_at(_: f64, _: f64) -> Option<String> {
    None
}
