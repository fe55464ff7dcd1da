//! From a shared location to a zone, offline. The location is looked up and let go; nobody keeps it.

use tzf_rs::DefaultFinder;

use crate::domain::zone::Zone;

/// The zone at a place on earth, in degrees. `None` for what is no place on earth, and on the open sea, whose
/// zones know no daylight saving: better asked than guessed.
///
/// Reads the map anew each time (about 0.1 s and 34 MB) and lets it go: locations are shared once in a
/// subscriber's life. Call it where blocking is allowed.
pub fn zone_at(longitude: f64, latitude: f64) -> Option<Zone> {
    if !(-180.0..=180.0).contains(&longitude) || !(-90.0..=90.0).contains(&latitude) {
        return None;
    }
    let finder = DefaultFinder::new();
    let name = finder.get_tz_name(longitude, latitude);
    Zone::new(name).filter(|_| !name.starts_with("Etc/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_lie_in_their_zones() {
        for (longitude, latitude, name) in [
            (-117.16, 32.72, "America/Los_Angeles"),
            (-117.02, 32.52, "America/Tijuana"),
            (-70.65, -33.45, "America/Santiago"),
            (-3.70, 40.42, "Europe/Madrid"),
            (85.32, 27.71, "Asia/Kathmandu"),
        ] {
            let zone = zone_at(longitude, latitude);
            assert_eq!(zone.as_ref().map(Zone::name), Some(name));
        }
    }

    #[test]
    fn what_is_no_place_has_no_zone() {
        for (longitude, latitude) in [
            (181.0, 0.0),
            (0.0, -91.0),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
        ] {
            assert_eq!(zone_at(longitude, latitude), None);
        }
        // The open sea, and the seam and the top of the map.
        for (longitude, latitude) in [(-150.0, 30.0), (180.0, 0.0), (-180.0, 0.0), (0.0, 90.0)] {
            assert_eq!(zone_at(longitude, latitude), None);
        }
    }

    #[test]
    fn every_zone_of_the_map_is_one_of_ours() {
        for name in DefaultFinder::new().timezonenames() {
            assert!(Zone::new(name).is_some(), "{name}");
        }
    }
}
