//! Who may plan meetings, who may change which, and what somebody is in a meeting.
//!
//! Called by the HTTP side before anything else is looked up. What a role may do inside a meeting stands
//! in `conference::role`; here stands which role it is.

use super::Desk;
use crate::auth::Identity;
use crate::protocol::api::ApiError;
use crate::protocol::invitations::InvitedRole;
use crate::store::{Database, Meeting, People as _, Planning as _};
use conference::Role;
use media_control::ConferenceId;

/// Who may make meetings. The role of a `diemcau token` counts as that of an account: an operator gave
/// it, so that other programs can set meetings up. Who came by a public link never may.
pub(crate) const fn may_plan(who: &Identity) -> bool {
    !who.guest
        && matches!(
            who.home_role,
            Role::Chair | Role::Secretary | Role::Administrator | Role::UnitAdministrator
        )
}

/// Who may read all plans: also those who look after what comes of them.
pub(crate) const fn may_read(who: &Identity) -> bool {
    may_plan(who) || (!who.guest && matches!(who.home_role, Role::Clerk | Role::DutyOperator))
}

/// Sets the role that `who` has in `conference`. An invitation counts before the account's role; where a
/// chair is invited, nobody presides for having the account of another chair.
pub(crate) async fn take_role(
    store: &Database,
    conference: &ConferenceId,
    who: &mut Identity,
) -> Result<(), ApiError> {
    if who.only.is_some() {
        // A token was made for this very conference.
        return Ok(());
    }
    let standing = store.standing(conference, who.person).await?;
    let word = |role: String| serde_json::from_value::<InvitedRole>(serde_json::Value::String(role)).ok();
    match standing.invited.and_then(|(role, answer)| Some((word(role)?, answer))) {
        // Somebody else has the place.
        Some((_, answer)) if answer == "delegated" => who.role = Role::Listener,
        Some((role, _)) => {
            who.role = role.role();
            who.deputy = role == InvitedRole::Deputy;
        }
        None if who.role == Role::Chair && standing.names_chair && !standing.is_maker => {
            who.role = Role::Delegate;
        }
        None => {}
    }
    Ok(())
}

/// Whether `who`, as they stand in `meeting`, may change its plan: who made it, who leads it, an
/// administrator, and who plans for the same unit.
pub(crate) async fn may_edit(desk: &Desk<'_>, who: &Identity, meeting: &Meeting) -> Result<bool, ApiError> {
    let leads = matches!(who.role, Role::Chair | Role::Secretary) && who.role != who.home_role;
    if who.guest || !who.opens(&meeting.id) {
        return Ok(false);
    }
    if leads || who.home_role == Role::Administrator {
        return Ok(true);
    }
    if !may_plan(who) {
        return Ok(false);
    }
    // A token that plans was made for this very conference.
    let Some(maker) = meeting.created_by.filter(|_| who.only.is_none()) else { return Ok(true) };
    if maker == who.person {
        return Ok(true);
    }
    let standing = desk.store.standing(&meeting.id, who.person).await?;
    if standing.invited.is_some_and(|(role, _)| role == "chair" || role == "secretary") {
        return Ok(true);
    }
    let unit = |account: crate::store::Account| (account.unit_code, account.person.unit);
    let own = desk.store.account_of_person(who.person).await?.map(unit);
    let theirs = desk.store.account_of_person(maker).await?.map(unit);
    Ok(match (own, theirs) {
        (Some((Some(own), _)), Some((Some(theirs), _))) => own == theirs,
        (Some((_, own)), Some((_, theirs))) => !own.is_empty() && own == theirs,
        // Made by a program, or by somebody who has gone.
        (_, None) => true,
        (None, Some(_)) => false,
    })
}
