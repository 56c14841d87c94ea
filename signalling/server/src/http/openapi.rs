//! The HTTP API described for machines, at `/api/v1/openapi.json`.
//!
//! Built from the handlers' own annotations.

use super::{
    accounts, answers, authority, check, conferences, course, invitations, live, meetings, own_account,
    people, reports, statistics, visitors, webhooks,
};
use crate::protocol::api;
use axum::Json;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Điểm Cầu",
        description = "Conferences, accounts and sites. The meeting itself runs over the WebSocket \
                       /api/v1/conferences/{id}/ws, described in docs/protocol.md.",
    ),
    paths(
        accounts::login,
        accounts::logout,
        accounts::token,
        accounts::me,
        own_account::profile,
        own_account::change_password,
        own_account::sessions,
        own_account::end_session,
        own_account::end_other_sessions,
        own_account::session_life,
        own_account::keep_session,
        own_account::begin_second_factor,
        own_account::confirm_second_factor,
        own_account::renew_recovery_codes,
        own_account::remove_second_factor,
        people::import,
        live::show,
        live::open,
        live::close,
        conferences::list,
        conferences::create,
        conferences::lobby,
        conferences::guest,
        conferences::sites,
        meetings::plan,
        meetings::change,
        meetings::cancel,
        meetings::restore,
        meetings::conflicts,
        meetings::series,
        meetings::list,
        meetings::today,
        meetings::templates,
        meetings::save_template,
        meetings::delete_template,
        invitations::list,
        invitations::add,
        invitations::send,
        invitations::import,
        invitations::set_role,
        invitations::withdraw,
        invitations::answer,
        invitations::people,
        invitations::outbox,
        invitations::retry,
        invitations::mail,
        answers::show,
        answers::answer,
        answers::enter,
        answers::calendar,
        answers::new_calendar,
        answers::no_calendar,
        answers::feed,
        answers::email,
        answers::set_email,
        webhooks::list,
        webhooks::make,
        webhooks::change,
        webhooks::remove,
        webhooks::test,
        webhooks::deliveries,
        webhooks::retry,
        course::show,
        course::arrange_picture,
        course::set_caption,
        course::start_roll_call,
        course::mark_site,
        course::grant_floor,
        course::release_floor,
        course::request_floor,
        course::withdraw_floor,
        course::mute,
        reports::show,
        statistics::show,
        check::clock,
        check::download,
        check::upload,
        check::leg,
        check::answer,
        check::close,
        check::report,
        authority::describe,
        visitors::publish,
        visitors::view,
        visitors::change,
        visitors::end,
    ),
    components(schemas(api::ApiError, api::Person, crate::protocol::end_report::EndReport)),
    modifiers(&CommonRefusals)
)]
struct Description;

/// What any request may be answered with: too many, or busy; with a body or a query, that it cannot be read.
struct CommonRefusals;

impl Modify for CommonRefusals {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            let all = [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
            all.into_iter().flatten().for_each(add_refusals);
        }
    }
}

fn add_refusals(operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let is_read = has_body || operation.parameters.is_some();
    for (status, why, applies) in [
        ("400", "cannot be read", is_read),
        ("413", "too large", has_body),
        ("429", "too many requests", true),
        ("503", "busy", true),
    ] {
        if applies {
            let error = ContentBuilder::new().schema(Some(Ref::from_schema_name("ApiError"))).build();
            let response = ResponseBuilder::new().description(why).content("application/json", error).build();
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
        }
    }
}

pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
