//! For whom a packet of mixed sound is, as it travels: nobody hears the mix with the own voice inside.
//!
//! Part of the head of a packet (`wire`), set by the mixer, obeyed by the rooms. Bounded and copied like the head.

use crate::bytes::Fields;
use crate::error::Malformed;
use media_control::ParticipantId;

/// Participants that one packet can name: five who are heard, and five who have just ceased to be.
pub const MOST_NAMED: usize = 10;
/// Beside the count: only those who are named.
const ONLY: u8 = 0x80;

/// Everybody but those who are named, or those alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    is_only: bool,
    count: u8,
    named: [ParticipantId; MOST_NAMED],
}

impl Default for Audience {
    fn default() -> Self {
        Self::ALL
    }
}

impl Audience {
    /// Everybody.
    pub const ALL: Self = Self { is_only: false, count: 0, named: [ParticipantId(0); MOST_NAMED] };

    /// One participant.
    #[must_use]
    pub fn only(participant: ParticipantId) -> Self {
        Self::of(true, [participant])
    }

    /// Everybody but these, at most [`MOST_NAMED`]; the rest is passed over.
    pub fn all_but(named: impl IntoIterator<Item = ParticipantId>) -> Self {
        Self::of(false, named)
    }

    fn of(is_only: bool, named: impl IntoIterator<Item = ParticipantId>) -> Self {
        let mut audience = Self { is_only, ..Self::ALL };
        for (place, participant) in audience.named.iter_mut().zip(named) {
            *place = participant;
            audience.count += 1;
        }
        audience
    }

    /// Those who are named.
    #[must_use]
    pub fn named(&self) -> &[ParticipantId] {
        &self.named[..usize::from(self.count)]
    }

    /// Whether it is for those alone who are named.
    #[must_use]
    pub const fn is_only(&self) -> bool {
        self.is_only
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.push(if self.is_only { self.count | ONLY } else { self.count });
        self.named().iter().for_each(|it| out.extend_from_slice(&it.0.to_be_bytes()));
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, Malformed> {
        let first = fields.u8()?;
        let (is_only, count) = (first & ONLY != 0, usize::from(first & !ONLY));
        if count > MOST_NAMED || count == 0 {
            return Err(Malformed::BadValue);
        }
        let mut named = [ParticipantId(0); MOST_NAMED];
        for place in &mut named[..count] {
            *place = ParticipantId(fields.u32()?);
        }
        Ok(Self::of(is_only, named.into_iter().take(count)))
    }
}
