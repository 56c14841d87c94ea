//! Tells each participant how large their camera is shown anywhere, so that a size that nobody
//! looks at need not be encoded and sent.
//!
//! Part of the runner's task, run after a batch when wishes or places have changed. Reads wishes
//! only; which layer a viewer gets is the media server's matter.

use super::task::Task;
use super::telling::volatile;
use crate::protocol::Volatile;
use media_control::{ParticipantId, Source};
use std::collections::HashMap;

/// Heights are told in steps of this many pixels, so that a window that is being dragged does not
/// send a message to everybody for each pixel.
const STEP_PX: u16 = 60;

impl Task {
    /// A client that may have missed it, or whose leg is new, is told after this batch.
    pub(super) fn tell_wanted_anew(&mut self, who: ParticipantId) {
        if let Some(place) = self.places.get_mut(&who) {
            place.wanted_told = None;
            self.wishes_changed = true;
        }
    }

    /// Tells those whose tallest picture has changed.
    pub(super) fn tell_wanted(&mut self) {
        if !std::mem::take(&mut self.wishes_changed) {
            return;
        }
        let mut tallest: HashMap<ParticipantId, u16> = HashMap::new();
        for wish in self.places.values().flat_map(|place| &place.wishes) {
            if wish.source == Source::Camera {
                let height = tallest.entry(wish.participant).or_default();
                *height = (*height).max(wish.height_px.next_multiple_of(STEP_PX));
            }
        }
        let mut news = Vec::new();
        for (who, place) in &mut self.places {
            let height_px = tallest.get(who).copied().unwrap_or(0);
            if place.leg.is_some() && place.wanted_told != Some(height_px) {
                place.wanted_told = Some(height_px);
                news.push((*who, height_px));
            }
        }
        for (who, height_px) in news {
            self.tell_volatile(who, volatile(Volatile::Wanted { height_px }));
        }
    }
}
