//! `diemcau admin`: the first administrator and any further one; lost second factors.
//!
//! Called by `main`. The password comes from the keyboard without being shown, or from standard
//! input when that is no terminal; never from a flag, where every user of the machine could read it.

use crate::failure::Failure;
use signalling_server::auth;
use signalling_server::store::{Credentials, Database, NewAccount, People, StoreFailure, Unique};
use signalling_server::{Role, Timestamp};
use std::io::{self, BufRead, IsTerminal};

/// Longest login name in characters, as the HTTP API has it.
const USER_LIMIT: usize = 80;
/// Longest display name in characters, as the HTTP API has it.
const NAME_LIMIT: usize = 120;
/// Longest unit line in characters, as the HTTP API has it.
const UNIT_LIMIT: usize = 120;

/// What is asked for on the command line.
pub struct NewAdministrator {
    pub user: String,
    /// Display name; the login name when not given.
    pub name: Option<String>,
    pub unit: String,
}

/// Makes the account and tells its login name.
///
/// # Errors
/// A taken name, a weak password, failures of the store.
pub async fn create(store: &Database, asked: NewAdministrator, now: Timestamp) -> Result<(), Failure> {
    let user = auth::folded_user(&asked.user);
    let name = asked.name.unwrap_or(asked.user).trim().to_owned();
    check_length("user", &user, 1, USER_LIMIT)?;
    check_length("name", &name, 1, NAME_LIMIT)?;
    check_length("unit", &asked.unit, 0, UNIT_LIMIT)?;
    if store.account_of_user(&user).await?.is_some() {
        return Err(Failure::UserTaken(user));
    }
    let password = read_password()?;
    let broken = auth::rules::broken(&password, &user, false);
    if !broken.is_empty() {
        return Err(Failure::WeakPassword(broken));
    }
    let new = NewAccount {
        user: user.clone(),
        name,
        unit: asked.unit,
        role: Role::Administrator,
        password_hash: auth::password::hash(&password)?,
    };
    match store.create_account(&new, now).await {
        Ok(_) => {
            println!("Đã tạo quản trị viên · Administrator created: {user}");
            Ok(())
        }
        Err(StoreFailure::Taken(Unique::User)) => Err(Failure::UserTaken(user)),
        Err(failure) => Err(failure.into()),
    }
}

/// Forgets the second factor of somebody whose phone and recovery codes are lost, and ends their
/// sessions.
///
/// # Errors
/// An unknown name, failures of the store.
pub async fn reset_second_factor(store: &Database, user: &str) -> Result<(), Failure> {
    let user = auth::folded_user(user);
    let account = store.account_of_user(&user).await?.ok_or_else(|| Failure::NoSuchUser(user.clone()))?;
    store.remove_second_factor(account.person.id).await?;
    store.end_other_sessions(account.person.id, &[0; 32]).await?;
    println!("Đã đặt lại xác thực hai lớp · Second factor reset: {user}");
    Ok(())
}

/// Refuses a text of the command line that is too short or too long.
///
/// # Errors
/// [`Failure::Length`].
pub fn check_length(flag: &'static str, text: &str, least: usize, limit: usize) -> Result<(), Failure> {
    let characters = text.chars().count();
    if (least..=limit).contains(&characters) {
        Ok(())
    } else {
        Err(Failure::Length { flag, characters, least, limit })
    }
}

fn read_password() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(Failure::Unreadable)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(Failure::Unreadable);
    let first = ask("Mật khẩu · Password: ")?;
    let again = ask("Nhập lại · Again: ")?;
    if first == again { Ok(first) } else { Err(Failure::PasswordsDiffer) }
}
