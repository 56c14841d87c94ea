//! Tells signalling what happened. Used by the whole shard; a sink that is full loses the event
//! (counted) and never holds up media.

use crate::counters::Counters;
use media_control::MediaEvent;
use std::sync::Arc;

/// Where events go: answers `false` when it has no room.
pub(crate) type Sink = Arc<dyn Fn(MediaEvent) -> bool + Send + Sync>;

/// The shard's way to signalling.
pub(crate) struct Teller {
    sink: Sink,
}

impl Teller {
    pub(crate) fn new(sink: Sink) -> Self {
        Self { sink }
    }

    /// Tells one event.
    pub(crate) fn tell(&self, event: MediaEvent, counters: &mut Counters) {
        if !(self.sink)(event) {
            counters.sink_full += 1;
        }
    }
}
