//! Roles, acts and the one permission table.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person is in a conference (and, for the last four, in the system).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Chair,
    Secretary,
    Delegate,
    Listener,
    SiteOperator,
    DutyOperator,
    Clerk,
    UnitAdministrator,
    Administrator,
}

/// Something that a role may or may not do in a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Join,
    /// Pass the waiting room and the lock without waiting.
    EnterDirectly,
    /// Come in before the door opens: sites are tried out an hour ahead.
    EnterEarly,
    SendSound,
    SendPicture,
    ShareScreen,
    Chat,
    RaiseHand,
    /// Lower somebody else's hand.
    LowerHands,
    /// Mute one or all.
    Mute,
    Admit,
    Remove,
    Lock,
    EndForAll,
    /// Let the meeting out as a live stream.
    GoLive,
    /// Give and take the floor, order the queues.
    GiveFloor,
    /// Set the stage for all, the kind of meeting, the patrol.
    SetStage,
    /// Keep the agenda.
    RunAgenda,
    /// Call the roll, and say who stands for which site.
    CallRoll,
    /// Name who takes over when the chair is lost.
    NameDeputy,
    /// Read attendance, roll-call sheet and end report.
    SeeReports,
    /// See the figures of everybody's media connection.
    SeeStatistics,
}

/// May `role` do `act`? The one table of docs/protocol.md.
#[must_use]
pub const fn may(role: Role, act: Act) -> bool {
    use Act::*;
    match role {
        Role::Chair | Role::Secretary => true,
        Role::DutyOperator => !matches!(act, EndForAll | GoLive | NameDeputy),
        Role::SiteOperator => {
            matches!(act, Join | EnterEarly | SendSound | SendPicture | ShareScreen | Chat | RaiseHand)
        }
        Role::Delegate => matches!(act, Join | SendSound | SendPicture | ShareScreen | Chat | RaiseHand),
        Role::Listener | Role::UnitAdministrator => matches!(act, Join | Chat | RaiseHand),
        Role::Clerk => matches!(act, Join | Chat | RaiseHand | SeeReports),
        Role::Administrator => matches!(act, Join | Chat | RaiseHand | SeeReports | SeeStatistics),
    }
}

/// May somebody of role `by` who may remove at all remove somebody of role `target`? A chair is
/// removed only by a chair, a secretary only by a chair or a secretary.
#[must_use]
pub const fn may_remove(by: Role, target: Role) -> bool {
    match target {
        Role::Chair => matches!(by, Role::Chair),
        Role::Secretary => matches!(by, Role::Chair | Role::Secretary),
        _ => may(by, Act::Remove),
    }
}

impl Act {
    /// Every act, in the order of the table.
    pub const ALL: [Self; 22] = [
        Self::Join,
        Self::EnterDirectly,
        Self::EnterEarly,
        Self::SendSound,
        Self::SendPicture,
        Self::ShareScreen,
        Self::Chat,
        Self::RaiseHand,
        Self::LowerHands,
        Self::Mute,
        Self::Admit,
        Self::Remove,
        Self::Lock,
        Self::EndForAll,
        Self::GoLive,
        Self::GiveFloor,
        Self::SetStage,
        Self::RunAgenda,
        Self::CallRoll,
        Self::NameDeputy,
        Self::SeeReports,
        Self::SeeStatistics,
    ];
}
