//! What relay clients of this machine hand each other: composed pictures and their sound, from the mixer to whoever
//! hands them on to the world.
//!
//! Asked by `peer` for each frame of a client, emptied by `endpoint`. The shards are told the same; they pass on
//! to the relay only what they took from the wire themselves, so that nothing goes round in circles. Pure.

use media_control::{ConferenceId, LegId, ParticipantId, Source};
use media_relay::{ClockOffset, ConferenceWord, Frame, LegWord, PacketHead, Route};
use std::collections::{BTreeSet, HashMap};

/// Wishes of all clients together.
const MAX_WISHES: usize = 1_024;
/// Composed pictures of all clients together.
const MAX_PUBLISHED: usize = 1_024;

/// The shard that clients hear other clients by: none of ours, so that what it needs is added to what ours need.
const FROM: u8 = 63;

/// Number of a client among the connections.
pub(crate) type Place = usize;

/// A frame for a client, without its route.
pub(crate) enum Handed {
    Conference(ConferenceId, ConferenceWord),
    Leg(LegId, LegWord),
    Packet(PacketHead, Vec<u8>),
}

impl Handed {
    pub(crate) fn frame(&self) -> Frame<'_> {
        let route = Route { from: FROM, to: 1 };
        match self {
            Self::Conference(conference, word) => {
                Frame::Conference { route, conference: conference.clone(), word: *word }
            }
            Self::Leg(leg, word) => Frame::Leg { route, leg: *leg, word: *word },
            Self::Packet(head, payload) => Frame::Packet { route, head: *head, payload },
        }
    }
}

struct Published {
    by: Place,
    conference: ConferenceId,
    participant: ParticipantId,
}

/// See the module's text.
#[derive(Default)]
pub(crate) struct Guests {
    published: HashMap<LegId, Published>,
    wishes: BTreeSet<(ConferenceId, ParticipantId, Source, Place)>,
    handed: Vec<(Place, Handed)>,
}

impl Guests {
    /// Takes a frame of the client at `place`; whether it is for no shard.
    pub(crate) fn take(&mut self, place: Place, frame: &Frame<'_>, theirs: &ClockOffset) -> bool {
        match frame {
            Frame::Conference { conference, word, .. } => self.take_word(place, conference, *word),
            Frame::Leg { leg, word, .. } => {
                self.take_leg_word(place, *leg, *word);
                false
            }
            Frame::Packet { head, payload, .. } => {
                let Some(published) = self.published.get(&head.stream.leg).filter(|it| it.by == place) else {
                    return false;
                };
                // A mix without somebody is for nobody else; a client is nobody.
                if head.audience.is_only() {
                    return false;
                }
                let head = PacketHead { arrived_us: theirs.to_ours(head.arrived_us), ..*head };
                let Published { conference, participant, .. } = published;
                let first = (conference.clone(), *participant, head.stream.source, 0);
                let last = (conference.clone(), *participant, head.stream.source, Place::MAX);
                for (.., to) in self.wishes.range(first..=last).filter(|(.., to)| *to != place) {
                    self.handed.push((*to, Handed::Packet(head, payload.to_vec())));
                }
                false
            }
            _ => false,
        }
    }

    fn take_word(&mut self, place: Place, conference: &ConferenceId, word: ConferenceWord) -> bool {
        match word {
            ConferenceWord::Joined { leg, participant } if participant.is_programme() => {
                if self.published.len() < MAX_PUBLISHED || self.published.contains_key(&leg) {
                    let published = Published { by: place, conference: conference.clone(), participant };
                    self.published.insert(leg, published);
                    self.hand_to_watchers(leg, &Handed::Conference(conference.clone(), word));
                }
                false
            }
            ConferenceWord::Wanted { participant, source, is_wanted } if participant.is_programme() => {
                let wish = (conference.clone(), participant, source, place);
                if !is_wanted {
                    self.wishes.remove(&wish);
                } else if self.wishes.len() < MAX_WISHES && self.wishes.insert(wish) {
                    let of = |it: &&Published| it.conference == *conference && it.participant == participant;
                    for (leg, _) in self.published.iter().filter(|(_, it)| of(it)) {
                        let word = ConferenceWord::Joined { leg: *leg, participant };
                        self.handed.push((place, Handed::Conference(conference.clone(), word)));
                    }
                }
                true
            }
            _ => false,
        }
    }

    fn take_leg_word(&mut self, place: Place, leg: LegId, word: LegWord) {
        let Some(published) = self.published.get(&leg) else { return };
        let by = published.by;
        match word {
            LegWord::Left if by == place => {
                self.hand_to_watchers(leg, &Handed::Leg(leg, word));
                self.published.remove(&leg);
            }
            LegWord::KeyframeNeeded { .. } | LegWord::LayersNeeded { .. } if by != place => {
                self.handed.push((by, Handed::Leg(leg, word)));
            }
            LegWord::Left
            | LegWord::KeyframeNeeded { .. }
            | LegWord::LayersNeeded { .. }
            | LegWord::ClockMap { .. } => {}
        }
    }

    fn hand_to_watchers(&mut self, leg: LegId, what: &Handed) {
        let Some(Published { by, conference, participant }) = self.published.get(&leg) else { return };
        let wishes = self.wishes.iter().filter(|(of, who, ..)| of == conference && who == participant);
        let to: BTreeSet<Place> = wishes.map(|(.., to)| *to).filter(|to| to != by).collect();
        for to in to {
            let what = match what {
                Handed::Conference(conference, word) => Handed::Conference(conference.clone(), *word),
                Handed::Leg(leg, word) => Handed::Leg(*leg, *word),
                Handed::Packet(head, payload) => Handed::Packet(*head, payload.clone()),
            };
            self.handed.push((to, what));
        }
    }

    /// A client is gone, and what it published with it.
    pub(crate) fn leave(&mut self, place: Place) {
        self.wishes.retain(|(.., of)| *of != place);
        let legs: Vec<LegId> =
            self.published.iter().filter(|(_, it)| it.by == place).map(|(leg, _)| *leg).collect();
        for leg in legs {
            self.hand_to_watchers(leg, &Handed::Leg(leg, LegWord::Left));
            self.published.remove(&leg);
        }
    }

    /// What is to be sent now.
    pub(crate) fn handed(&mut self) -> Vec<(Place, Handed)> {
        std::mem::take(&mut self.handed)
    }
}
