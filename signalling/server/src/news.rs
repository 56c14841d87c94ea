//! What happens in conferences as far as the rest of the server wants to know: opened, ended, roll called.
//!
//! Runners tell it after the commit and never wait; one task notes it in the plans and tells web-hooks. What
//! finds no room is counted: plans learn of an end from the door as well.

use crate::http::App;
use crate::protocol::webhooks::HookEvent;
use crate::store::Planning as _;
use crate::webhooks::announce;
use conference::Timestamp;
use media_control::ConferenceId;
use std::sync::Arc;
use tokio::sync::mpsc;

/// News that may wait.
pub(crate) const NEWS_LIMIT: usize = 1024;

/// One thing that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct News {
    pub conference: ConferenceId,
    pub what: Happened,
    pub at: Timestamp,
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// Somebody has come into an empty meeting.
    Opened,
    /// Ended for all; does it stay so?
    Ended {
        for_good: bool,
    },
    RollCalled,
}

/// Hears until the server stops.
pub(crate) async fn hear(app: Arc<App>, mut heard: mpsc::Receiver<News>) {
    while let Some(News { conference, what, at }) = heard.recv().await {
        let event = match what {
            Happened::Opened => HookEvent::MeetingOpened,
            Happened::Ended { .. } => HookEvent::MeetingEnded,
            Happened::RollCalled => HookEvent::RollCallFinished,
        };
        if what == (Happened::Ended { for_good: true })
            && let Err(failure) = app.store.note_ended(&conference, Some(at)).await
        {
            tracing::warn!(%conference, %failure, "the plan does not know that the meeting has ended");
        }
        let facts = serde_json::json!({ "happened_ms": at.0 });
        announce(&app.desk(), event, conference.as_str(), facts).await;
    }
}
