//! The HTTP API described for machines, at `/api/v1/openapi.json`.
//!
//! Built from the handlers' own annotations.

use super::{
    accounts, authority, check, conferences, course, own_account, people, reports, statistics, visitors,
};
use crate::protocol::api;
use axum::Json;
use utoipa::OpenApi;

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
        conferences::list,
        conferences::create,
        conferences::lobby,
        conferences::guest,
        conferences::sites,
        course::show,
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
    components(schemas(api::ApiError, api::Person))
)]
struct Description;

pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
