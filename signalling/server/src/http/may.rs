//! Who may do something in a conference, asked before anything is looked up or read.
//!
//! An argument of the handlers of `course` and `reports`: strangers are refused with 401, wrong roles with
//! 403, before the body is read and before it is known whether the conference exists.

use super::App;
use crate::auth::Identity;
use crate::protocol::api::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use conference::Act;
use conference::role::may;
use media_control::ConferenceId;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

/// An act as a type.
pub(super) trait Asked {
    const ACT: Act;
}

macro_rules! asked {
    ($($name:ident),+) => {
        $(
            #[derive(Debug)]
            pub(super) struct $name;
            impl Asked for $name {
                const ACT: Act = Act::$name;
            }
        )+
    };
}

asked!(Join, RaiseHand, GiveFloor, SetStage, Mute, CallRoll, SeeReports, GoLive);

/// Somebody whose role may do the act `A` in the conference of the path.
#[derive(Debug)]
pub(super) struct May<A> {
    pub id: ConferenceId,
    pub who: Identity,
    _act: PhantomData<A>,
}

impl<A: Asked> FromRequestParts<Arc<App>> for May<A> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await.ok();
        let id = path.and_then(|Path(path)| ConferenceId::new(path.get("id")?).ok());
        let who = app.identity(&parts.headers, id.as_ref()).await?.ok_or(ApiError::NotSignedIn {})?;
        if let Some(duty) = who.duty {
            return Err(ApiError::DutyFirst { duty });
        }
        let is_elsewhere = id.as_ref().is_some_and(|id| !who.opens(id));
        if is_elsewhere || !may(who.role, A::ACT) {
            return Err(ApiError::NotAllowed {});
        }
        let id = id.ok_or(ApiError::NoSuchConference {})?;
        Ok(Self { id, who, _act: PhantomData })
    }
}
