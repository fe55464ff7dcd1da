//! From a shared location to a zone, offline. The location is looked up and let go; nobody keeps it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::oneshot;
use tzf_rs::DefaultFinder;

use crate::domain::zone::Zone;

/// How long the map stays after the last question. It is large (34 MB) and slow to read (0.1 s), and locations are
/// shared once in a subscriber's life; but whoever shares a hundred must not have it read a hundred times.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Where the zone of a place is looked up. Clones are the same one: however many ask, the map is in memory once.
#[derive(Clone, Debug, Default)]
pub struct Atlas(Arc<Mutex<Option<mpsc::Sender<Question>>>>);

/// A place that is asked for, in degrees east and north, and who asks.
#[derive(Debug)]
struct Question {
    place: (f64, f64),
    zone: oneshot::Sender<Option<Zone>>,
}

impl Atlas {
    /// The zone at a place on earth, in degrees. `None` for what is no place on earth, and on the open sea, whose
    /// zones know no daylight saving: better asked than guessed.
    pub async fn zone_at(&self, longitude: f64, latitude: f64) -> Option<Zone> {
        if !(-180.0..=180.0).contains(&longitude) || !(-90.0..=90.0).contains(&latitude) {
            return None;
        }
        let (answer, zone) = oneshot::channel();
        self.ask(Question {
            place: (longitude, latitude),
            zone: answer,
        });
        zone.await.ok().flatten()
    }

    /// Hands a question to the one who has the map, or to a new one. Without a thread to read it in, nobody knows.
    fn ask(&self, question: Question) {
        let mut reader = self.lock();
        let refused = match reader.as_ref() {
            Some(questions) => questions.send(question).err().map(|error| error.0),
            None => Some(question),
        };
        if let Some(question) = refused {
            let (asks, questions) = mpsc::channel();
            let atlas = self.clone();
            // A thread and no task: whoever stops the program does not wait for it.
            let reads = thread::Builder::new()
                .name("atlas".to_owned())
                .spawn(move || atlas.read(&questions));
            if reads.is_ok() && asks.send(question).is_ok() {
                *reader = Some(asks);
            }
        }
    }

    /// Answers until nobody has asked for a while.
    fn read(&self, questions: &mpsc::Receiver<Question>) {
        let mut next = questions.recv().ok();
        while let Some(question) = next {
            let finder = DefaultFinder::new();
            answer(&finder, question);
            while let Ok(question) = questions.recv_timeout(KEPT_FOR) {
                answer(&finder, question);
            }
            drop(finder);
            // Nobody can ask meanwhile, so no question is lost and there is never a second map.
            let mut reader = self.lock();
            next = questions.try_recv().ok();
            if next.is_none() {
                *reader = None;
            }
        }
    }

    /// Whole at any moment: a poisoned lock does it no harm.
    fn lock(&self) -> MutexGuard<'_, Option<mpsc::Sender<Question>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(finder: &DefaultFinder, question: Question) {
    let (longitude, latitude) = question.place;
    let name = finder.get_tz_name(longitude, latitude);
    let zone = Zone::new(name).filter(|_| !name.starts_with("Etc/"));
    // Whoever asked may have stopped waiting.
    let _ = question.zone.send(zone);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn cities_lie_in_their_zones() {
        let atlas = Atlas::default();
        for (longitude, latitude, name) in [
            (-117.16, 32.72, "America/Los_Angeles"),
            (-117.02, 32.52, "America/Tijuana"),
            (-70.65, -33.45, "America/Santiago"),
            (-3.70, 40.42, "Europe/Madrid"),
            (85.32, 27.71, "Asia/Kathmandu"),
        ] {
            let zone = atlas.zone_at(longitude, latitude).await;
            assert_eq!(zone.as_ref().map(Zone::name), Some(name));
        }
    }

    #[tokio::test]
    async fn what_is_no_place_has_no_zone() {
        let atlas = Atlas::default();
        for (longitude, latitude) in [
            (181.0, 0.0),
            (0.0, -91.0),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
        ] {
            assert_eq!(atlas.zone_at(longitude, latitude).await, None);
        }
        // The open sea, and the seam and the top of the map.
        for (longitude, latitude) in [(-150.0, 30.0), (180.0, 0.0), (-180.0, 0.0), (0.0, 90.0)] {
            assert_eq!(atlas.zone_at(longitude, latitude).await, None);
        }
    }

    #[test]
    fn every_zone_of_the_map_is_one_of_ours() {
        for name in DefaultFinder::new().timezonenames() {
            assert!(Zone::new(name).is_some(), "{name}");
        }
    }
}
