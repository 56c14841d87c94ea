//! Pictures that are encoded and wait for their voices.
//!
//! Owned by `process`. Pure: moments are parameters. Holds a few pictures of each programme at most, since none
//! waits longer than `lips` lets it and an older one never waits for a younger one.

use bytes::Bytes;
use media_control::{ConferenceId, ParticipantId};
use media_relay::PacketHead;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// The packets of one picture.
pub type Packets = Vec<(PacketHead, Bytes)>;
/// The conference, and its programme.
pub type Name = (ConferenceId, ParticipantId);

/// See the module's text.
#[derive(Debug, Default)]
pub struct Leaving(BTreeMap<Name, VecDeque<(Duration, Packets)>>);

impl Leaving {
    /// This picture is to be sent at that moment, behind those before it.
    pub fn put(&mut self, due: Duration, name: Name, packets: Packets) {
        self.0.entry(name).or_default().push_back((due, packets));
    }

    /// When the next one is to be sent.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.0.values().filter_map(|it| Some(it.front()?.0)).min()
    }

    /// A picture that is to be sent now.
    pub fn next_due(&mut self, now: Duration) -> Option<(Name, Packets)> {
        let is_due = |it: &VecDeque<(Duration, Packets)>| it.front().is_some_and(|(due, _)| *due <= now);
        let name = self.0.iter().find(|(_, it)| is_due(it)).map(|(name, _)| name.clone())?;
        let waiting = self.0.get_mut(&name)?;
        let (_, packets) = waiting.pop_front()?;
        if waiting.is_empty() {
            self.0.remove(&name);
        }
        Some((name, packets))
    }

    /// The programme has ended.
    pub fn forget(&mut self, name: &Name) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(of: u64) -> Duration {
        Duration::from_millis(of)
    }

    #[test]
    fn each_programme_keeps_its_order_and_waits_for_no_other() {
        let name = |number| ("hop".parse().expect("a name"), ParticipantId(number));
        let mut leaving = Leaving::default();
        leaving.put(ms(60), name(1), Vec::new());
        leaving.put(ms(40), name(1), Vec::new());
        leaving.put(ms(50), name(2), Vec::new());
        assert_eq!((leaving.due(), leaving.next_due(ms(49))), (Some(ms(50)), None));
        assert_eq!(leaving.next_due(ms(50)).map(|it| it.0.1), Some(ParticipantId(2)));
        assert_eq!(leaving.next_due(ms(59)), None);
        let both = [leaving.next_due(ms(60)), leaving.next_due(ms(60))];
        assert!(both.iter().all(|it| it.as_ref().is_some_and(|it| it.0.1 == ParticipantId(1))), "{both:?}");
        assert_eq!((leaving.due(), leaving.next_due(ms(99))), (None, None));
        leaving.put(ms(70), name(1), Vec::new());
        leaving.forget(&name(1));
        assert_eq!(leaving.due(), None);
    }
}
