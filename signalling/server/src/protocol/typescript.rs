//! Writes the wire types as one TypeScript file for the web client.
//!
//! Called by the test `generated_types`, which fails when `web-client/src/protocol/generated.ts`
//! is stale. Order is fixed by the list below, so the file only changes when a type does.

use super::{account, api, client, close::CloseCode, course, server, statistics};
use super::{end_report, invitations, meetings, webhooks};
use conference::{role, view};
use ts_rs::{Config, TS};

fn add<T: TS + 'static + ?Sized>(config: &Config, out: &mut String) {
    if let Some(docs) = T::docs() {
        out.push_str(docs.trim_end());
        out.push('\n');
    }
    out.push_str("export ");
    out.push_str(&T::decl(config));
    out.push_str("\n\n");
}

/// Every type of the protocol, the views, the roles and the media control as TypeScript.
#[must_use]
pub fn typescript() -> String {
    let config = Config::default();
    let mut out = String::from(
        "// Generated from the Rust types by `UPDATE_GENERATED=1 cargo test -p signalling-server \
         --test generated_types`.\n// Do not edit: a test fails when this file is stale.\n\n",
    );
    macro_rules! all {
        ($($ty:ty),+ $(,)?) => { $(add::<$ty>(&config, &mut out);)+ };
    }
    all![
        media_control::ConferenceId,
        media_control::ParticipantId,
        media_control::LegId,
        media_control::Source,
        media_control::Wish,
        media_control::SlotAssignment,
        media_control::Rid,
        media_control::Speaker,
        media_control::LegLost,
        media_control::LegRefusal,
        media_control::Via,
        media_control::SrtpProfile,
        media_control::ShardId,
        conference::SiteId,
        conference::MeetingKind,
        conference::Secrecy,
        conference::speaking::Microphones,
        conference::floor::Queue,
        conference::stage::Layout,
        conference::stage::StageOf,
        media_control::Tiling,
        conference::arranging::SeatHolder,
        conference::arranging::GivenSeat,
        conference::arranging::Arrangement,
        conference::arranging::PictureGroup,
        conference::arranging::Arrangements,
        conference::roll_call::SiteResult,
        conference::roll_call::RollCallPhase,
        role::Role,
        role::Act,
        view::Presence,
        view::ParticipantView,
        view::ChatMessage,
        view::WaitingPerson,
        view::ConferenceInfo,
        view::RequestView,
        view::TurnView,
        view::FloorView,
        view::SpokenView,
        view::StageView,
        view::AgendaItemView,
        view::SiteView,
        view::RollCallView,
        view::PatrolView,
        view::ConferenceView,
        view::SelfView,
        view::LeaveReason,
        view::Delta,
        client::AgendaItem,
        client::Request,
        client::ClientMessage,
        server::EndReason,
        server::Refused,
        server::ServerMessage,
        server::Relay,
        server::ComposedStanding,
        server::Volatile,
        server::ServerFrame,
        CloseCode,
        crate::auth::Duty,
        crate::auth::rules::PasswordRule,
        api::Person,
        api::Authority,
        api::Login,
        api::TokenLogin,
        api::ConferenceSummary,
        api::NewConference,
        api::ConferenceCreated,
        api::Lobby,
        api::GuestEntry,
        api::SiteSummary,
        api::CheckClock,
        api::CheckUploaded,
        api::CheckLeg,
        api::CheckAnswer,
        api::CheckStep,
        api::CheckGrade,
        api::CheckLine,
        api::CheckReport,
        api::CheckReceipt,
        course::LiveState,
        course::LiveStanding,
        statistics::StreamStatistics,
        statistics::LinkStatistics,
        statistics::ParticipantStatistics,
        statistics::ShardStatistics,
        statistics::ProgrammeStatistics,
        statistics::ConferenceStatistics,
        crate::people::FileKind,
        crate::people::Field,
        crate::people::FileProblem,
        crate::people::RowProblem,
        crate::people::FieldChange,
        crate::people::Outcome,
        crate::people::Line,
        crate::http::NewCode,
        crate::http::ImportReport,
        account::Profile,
        account::SecondFactorState,
        account::PasswordChange,
        account::PasswordAgain,
        account::SecondFactorBegun,
        account::SecondFactorCode,
        account::RecoveryCodes,
        account::SessionSummary,
        account::SessionsEnded,
        account::SessionLife,
        meetings::MeetingState,
        meetings::PlannedItem,
        meetings::Weekday,
        meetings::SeriesRule,
        meetings::SeriesAsked,
        meetings::SeriesShown,
        meetings::SeriesScope,
        meetings::ConflictKind,
        meetings::Conflict,
        meetings::ConflictCheck,
        meetings::PlannedSite,
        meetings::MeetingPlan,
        meetings::PlanChange,
        meetings::PlanChanged,
        meetings::Cancellation,
        meetings::CancelledMeetings,
        meetings::Restoration,
        meetings::RestoredMeetings,
        meetings::MeetingLine,
        meetings::MeetingList,
        meetings::TodayMeeting,
        meetings::Today,
        meetings::MeetingTemplate,
        meetings::NewTemplate,
        invitations::InvitedRole,
        invitations::InvitationAnswer,
        invitations::InvitedPerson,
        invitations::InvitePeople,
        invitations::InvitationChange,
        invitations::DeliveryState,
        invitations::MailKind,
        invitations::NewestMail,
        invitations::Invitation,
        invitations::SendInvitations,
        invitations::SentInvitations,
        invitations::InvitedLineProblem,
        invitations::InvitedLine,
        invitations::InvitedFile,
        invitations::Delegate,
        invitations::GivenAnswer,
        invitations::InvitationShown,
        invitations::Entrance,
        invitations::OutboxLine,
        invitations::MailServerState,
        invitations::CalendarState,
        invitations::CalendarAddress,
        invitations::OwnEmail,
        invitations::PersonFound,
        webhooks::HookEvent,
        webhooks::Webhook,
        webhooks::NewWebhook,
        webhooks::WebhookMade,
        webhooks::WebhookChange,
        webhooks::Delivery,
        end_report::EndReport,
        end_report::ReportPerson,
        end_report::ReportSite,
        end_report::ReportTurn,
        end_report::ReportItem,
        end_report::ReportIncident,
        end_report::ReportAct,
        api::FullPart,
        api::ApiError,
    ];
    for (name, value) in [
        ("SUBPROTOCOL", format!("\"{}\"", super::SUBPROTOCOL)),
        ("PACKED_SUBPROTOCOL", format!("\"{}\"", super::PACKED_SUBPROTOCOL)),
        ("VIDEO_SLOTS", media_control::VIDEO_SLOTS.to_string()),
        ("AUDIO_SLOTS", media_control::AUDIO_SLOTS.to_string()),
        ("MAX_WISHES", media_control::MAX_WISHES.to_string()),
        ("COMPOSED", media_control::ParticipantId::FIRST_PROGRAMME.0.to_string()),
    ] {
        out.push_str(&format!("export const {name} = {value};\n"));
    }
    out.push_str("/** Close codes; `comesBack` says whether a client should reconnect by itself. */\n");
    out.push_str("export const CLOSE_CODES: Record<CloseCode, { code: number; comesBack: boolean }> = {\n");
    for code in CloseCode::ALL {
        let (word, number, back) = (code.word(), code.number(), code.comes_back());
        out.push_str(&format!("  {word}: {{ code: {number}, comesBack: {back} }},\n"));
    }
    out.push_str("};\n");
    out
}
