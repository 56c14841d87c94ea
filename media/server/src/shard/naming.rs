//! Turns the ids and values of media-control into those of media-core and back.
//! Used throughout `shard`; only renames, decides nothing.

use media_control::{
    LegId, LegLost, ParticipantId, Rid, SlotAssignment, Source, SourceSet, Speaker, SrtpProfile, Via, Wish,
};
use media_core::error::TransportFailure;
use media_core::room::{SlotUse, VIDEO_SLOTS, ViewWish, Voice};
use media_core::stream::ids::{Layer, LayerSet, LegKey, ParticipantKey, SourceKind, SourceKinds};
use media_core::transport;

pub(crate) const fn leg_key(leg: LegId) -> LegKey {
    LegKey(leg.0)
}

pub(crate) const fn leg_id(leg: LegKey) -> LegId {
    LegId(leg.0)
}

pub(crate) const fn participant_key(participant: ParticipantId) -> ParticipantKey {
    ParticipantKey(participant.0)
}

pub(crate) const fn participant_id(participant: ParticipantKey) -> ParticipantId {
    ParticipantId(participant.0)
}

pub(crate) const fn source_kind(source: Source) -> SourceKind {
    match source {
        Source::Microphone => SourceKind::Microphone,
        Source::Camera => SourceKind::Camera,
        Source::Screen => SourceKind::Screen,
        Source::ScreenAudio => SourceKind::ScreenAudio,
    }
}

pub(crate) const fn source(kind: SourceKind) -> Source {
    match kind {
        SourceKind::Microphone => Source::Microphone,
        SourceKind::Camera => Source::Camera,
        SourceKind::Screen => Source::Screen,
        SourceKind::ScreenAudio => Source::ScreenAudio,
    }
}

pub(crate) fn source_kinds(set: SourceSet) -> SourceKinds {
    Source::ALL
        .into_iter()
        .filter(|s| set.has(*s))
        .fold(SourceKinds::NONE, |kinds, s| kinds.with(source_kind(s)))
}

pub(crate) const fn view_wish(wish: &Wish) -> ViewWish {
    ViewWish {
        participant: participant_key(wish.participant),
        source: source_kind(wish.source),
        height_px: wish.height_px,
    }
}

pub(crate) const fn speaker(voice: &Voice) -> Speaker {
    Speaker { participant: participant_id(voice.participant), level_dbov: voice.level_dbov }
}

/// The slot with its `mid`: `v0`…`v27`, then `a0`…`a3`.
pub(crate) fn slot_assignment(slot: &SlotUse) -> SlotAssignment {
    let number = usize::from(slot.slot);
    let mid = match number.checked_sub(VIDEO_SLOTS) {
        None => format!("v{number}"),
        Some(audio) => format!("a{audio}"),
    };
    SlotAssignment {
        mid,
        participant: participant_id(slot.participant),
        source: source(slot.source),
        is_paused: slot.is_paused,
        is_unreadable: slot.is_unreadable,
    }
}

/// The layers by their names in the offer, smallest first.
pub(crate) fn rids(layers: LayerSet) -> Vec<Rid> {
    let named = [(Layer::QUARTER, Rid::Q), (Layer::HALF, Rid::H), (Layer::FULL, Rid::F)];
    named.into_iter().filter(|(layer, _)| layers.has(*layer)).map(|(_, rid)| rid).collect()
}

/// The layer by its name in the offer.
pub(crate) const fn rid(layer: Layer) -> Rid {
    match layer.index() {
        0 => Rid::Q,
        1 => Rid::H,
        _ => Rid::F,
    }
}

pub(crate) const fn srtp_profile(profile: transport::SrtpProfile) -> SrtpProfile {
    match profile {
        transport::SrtpProfile::AeadAes128Gcm => SrtpProfile::AeadAes128Gcm,
        transport::SrtpProfile::AeadAes256Gcm => SrtpProfile::AeadAes256Gcm,
        transport::SrtpProfile::Aes128CmSha1_80 => SrtpProfile::Aes128CmSha1_80,
    }
}

pub(crate) const fn via(proto: transport::Proto) -> Via {
    match proto {
        transport::Proto::Udp => Via::Udp,
        transport::Proto::Tcp => Via::Tcp,
    }
}

/// What signalling is told when a transport has failed.
pub(crate) const fn leg_lost(failure: TransportFailure) -> LegLost {
    match failure {
        TransportFailure::Silent => LegLost::Silent,
        TransportFailure::FingerprintMismatch => LegLost::WrongFingerprint,
        _ => LegLost::HandshakeFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_named_by_their_mid() {
        let mid = |slot| {
            let (participant, source) = (ParticipantKey(1), SourceKind::Camera);
            let used = SlotUse { slot, participant, source, is_paused: false, is_unreadable: false };
            slot_assignment(&used).mid
        };
        assert_eq!([mid(0), mid(27), mid(28), mid(31)], ["v0", "v27", "a0", "a3"]);
    }

    #[test]
    fn nobody_is_the_same_on_both_sides() {
        for participant in [ParticipantId(1), ParticipantId::FIRST_PROGRAMME, ParticipantId(u32::MAX)] {
            assert_eq!(participant_key(participant).is_programme(), participant.is_programme());
        }
        assert_eq!(participant_key(ParticipantId::FIRST_PROGRAMME), ParticipantKey::FIRST_PROGRAMME);
    }

    #[test]
    fn layers_are_named_as_in_the_offer() {
        for (layer, name) in Layer::ALL.into_iter().zip(["q", "h", "f"]) {
            assert_eq!(Layer::from_rid(name.as_bytes()), Some(layer));
            let told = format!("{:?}", rids(LayerSet::NONE.with(layer)));
            assert_eq!(told.to_lowercase(), format!("[{name}]"));
        }
    }

    #[test]
    fn sources_survive_the_way_there_and_back() {
        for one in Source::ALL {
            assert_eq!(source(source_kind(one)), one);
            assert!(source_kinds(SourceSet::NONE.with(one)).has(source_kind(one)));
        }
        assert_eq!(source_kinds(SourceSet::ALL), SourceKinds::ALL);
    }
}
