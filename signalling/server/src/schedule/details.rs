//! What a plan says beside its times: note, agenda, why it was cancelled. Kept as JSON in the store.
//!
//! Read and written by `schedule` and `invitations`; the store knows it as a text.

use crate::folding::fold;
use crate::protocol::meetings::PlannedItem;
use crate::store::Plan;
use serde::{Deserialize, Serialize};

/// The JSON body of a plan. Every field may be missing: rows from before it, and conferences that were
/// made without a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cancel_reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agenda: Vec<PlannedItem>,
    /// Invitations were sent: changes are told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_told: bool,
}

impl Details {
    /// Those of `plan`; none when it cannot be read, so that one bad row hides no meeting.
    pub(crate) fn of(plan: &Plan) -> Self {
        serde_json::from_str(&plan.body).unwrap_or_default()
    }

    /// Puts them into `plan`, with what a search looks through.
    pub(crate) fn keep(&self, plan: &mut Plan, title: &str, label: &str) {
        plan.body = serde_json::to_string(self).expect("plain fields");
        plan.search = fold(&format!("{title} {label} {}", self.note));
    }
}
