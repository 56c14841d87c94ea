//! JSON bodies of web-hooks: whom we tell what, and how the telling went.
//!
//! Written by `http::webhooks`, generated to TypeScript and OpenAPI. Shapes only.

use super::invitations::DeliveryState;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a web-hook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema)]
pub enum HookEvent {
    #[serde(rename = "meeting.planned")]
    MeetingPlanned,
    #[serde(rename = "meeting.changed")]
    MeetingChanged,
    #[serde(rename = "meeting.cancelled")]
    MeetingCancelled,
    /// Somebody has come into an empty meeting.
    #[serde(rename = "meeting.opened")]
    MeetingOpened,
    #[serde(rename = "meeting.ended")]
    MeetingEnded,
    #[serde(rename = "invitation.answered")]
    InvitationAnswered,
    #[serde(rename = "roll_call.finished")]
    RollCallFinished,
    /// Asked for by hand.
    #[serde(rename = "test")]
    Test,
}

/// One web-hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    pub events: Vec<HookEvent>,
    pub active: bool,
    #[ts(type = "number")]
    pub made_ms: i64,
}

/// Body of `POST /webhooks`.
#[derive(Clone, Debug, Serialize, Deserialize, TS, ToSchema)]
pub struct NewWebhook {
    /// `https://…` or `http://…`, at most 500 bytes, without a user in it.
    pub url: String,
    pub events: Vec<HookEvent>,
    /// 16–200 characters; made when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub secret: Option<String>,
}

/// Answer of `POST /webhooks`: the secret is told this once.
#[derive(Clone, Serialize, Deserialize, TS, ToSchema)]
pub struct WebhookMade {
    pub webhook: Webhook,
    pub secret: String,
}

/// Body of `PATCH /webhooks/ID`; what is left out stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
#[ts(optional_fields)]
pub struct WebhookChange {
    pub url: Option<String>,
    pub events: Option<Vec<HookEvent>>,
    pub active: Option<bool>,
    pub secret: Option<String>,
}

/// One delivery of `GET /webhooks/ID/deliveries`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Delivery {
    pub id: String,
    pub event: HookEvent,
    pub state: DeliveryState,
    pub attempts: u32,
    /// What came of the last attempt: the status, or why there was none.
    pub said: String,
    #[ts(type = "number")]
    pub at_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next_ms: Option<i64>,
}
