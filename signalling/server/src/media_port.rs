//! The one way from signalling to media.
//!
//! Implemented by `deploy/diemcau` over the media server in the same process and by tests with a
//! recorder. The way back is a channel of [`media_control::MediaEvent`].

use media_control::MediaCommand;

/// Takes orders for the media server; never blocks.
pub trait MediaPort: Send + Sync {
    /// Hands one order over.
    ///
    /// # Errors
    /// [`MediaBusy`] when the order could not be queued; it is not carried out.
    fn send(&self, command: MediaCommand) -> Result<(), MediaBusy>;
}

/// The media server's mailbox is full, or it has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("media server takes no orders now")]
pub struct MediaBusy;
