//! Who plans, asked before anything is looked up or read.
//!
//! Arguments of the handlers of `meetings` and `invitations`: strangers are refused with 401, wrong roles
//! with 403, before the body is read and before it is known whether the meeting exists.

use super::App;
use crate::auth::Identity;
use crate::protocol::api::ApiError;
use crate::schedule::{may_edit, may_plan, may_read};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use conference::Role;
use media_control::ConferenceId;
use std::collections::HashMap;
use std::sync::Arc;

/// Somebody who may make meetings.
pub(super) struct Planner(pub Identity);

impl FromRequestParts<Arc<App>> for Planner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let who = app.signed_in(&parts.headers).await?;
        if may_plan(&who) { Ok(Self(who)) } else { Err(ApiError::NotAllowed {}) }
    }
}

/// Somebody who may read all plans.
pub(super) struct Reader;

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let who = app.signed_in(&parts.headers).await?;
        if may_read(&who) { Ok(Self) } else { Err(ApiError::NotAllowed {}) }
    }
}

/// Somebody who may change the meeting of the path.
pub(super) struct Editing {
    pub id: ConferenceId,
    pub who: Identity,
}

impl FromRequestParts<Arc<App>> for Editing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await.ok();
        let id = path.and_then(|Path(path)| ConferenceId::new(path.get("id")?).ok());
        let who = app.identity(&parts.headers, id.as_ref()).await?.ok_or(ApiError::NotSignedIn {})?;
        if let Some(duty) = who.duty {
            return Err(ApiError::DutyFirst { duty });
        }
        let leads = !who.guest && matches!(who.role, Role::Chair | Role::Secretary);
        let is_elsewhere = id.as_ref().is_some_and(|id| !who.opens(id));
        if is_elsewhere || !(may_plan(&who) || leads) {
            return Err(ApiError::NotAllowed {});
        }
        let id = id.ok_or(ApiError::NoSuchConference {})?;
        let planned = app.desk().find(&id).await?;
        if !may_edit(&app.desk(), &who, &planned.meeting).await? {
            return Err(ApiError::NotAllowed {});
        }
        Ok(Self { id, who })
    }
}
