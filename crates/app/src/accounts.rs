//! Sign-in, sessions, units and accounts.
//!
//! Passwords are hashed with Argon2id (RFC 9106). An unknown name costs the same
//! time as a wrong password. After ten wrong tries the account waits.

use argon2::password_hash::PasswordVerifier as _;
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use domain::access::{self, Action, Role};
use domain::{Actor, Fact};
use sha2::{Digest, Sha256};
use store::accounts::{Account, NewAccount, NewSession, NewUnit, Unit};

use crate::{App, AppError, Who, clock, limits};

/// Cost of a password hash: memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 64 MiB, three passes: about a third of a second on an office machine.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

/// What signing in gives: the secret of the cookie.
#[derive(Debug)]
pub struct SignedIn {
    pub token: String,
    pub must_change: bool,
}

/// What the sign-in form sent.
#[derive(Debug, Clone, Default)]
pub struct Login {
    pub login: String,
    pub password: String,
    pub code: String,
    pub language: String,
}

/// What the account form sent.
#[derive(Debug, Clone, Default)]
pub struct AccountDraft {
    pub unit_id: i64,
    pub login: String,
    pub display_name: String,
    pub role: String,
    pub post: String,
    pub password: String,
}

/// What the unit form sent.
#[derive(Debug, Clone, Default)]
pub struct UnitDraft {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub parent_name: String,
    pub place: String,
    pub supervises: bool,
}

impl App {
    /// Signs a person in.
    ///
    /// # Errors
    /// [`AppError::WrongLogin`] for any wrong part, [`AppError::Locked`] after too
    /// many tries.
    pub async fn sign_in(&self, form: &Login) -> Result<SignedIn, AppError> {
        let now = self.clock.now();
        let at = clock::instant(now);
        let account = self.db.account_by_login(form.login.trim()).await?;
        let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
            self.spend_a_hash(&form.password)?;
            return Err(AppError::WrongLogin);
        };
        if let Some(until) = account.locked_until.as_ref().filter(|until| **until > at) {
            return Err(AppError::Locked {
                until: until.clone(),
            });
        }
        let right = verify(&form.password, &account.password_hash)
            && self.check_code(&account, &form.code, now).await?;
        if !right {
            self.note_wrong_try(&account, now).await?;
            return Err(AppError::WrongLogin);
        }
        let token = self.secret();
        let csrf = self.secret();
        let mut tx = self.db.begin().await?;
        tx.run(store::accounts::SESSIONS_EXPIRE, &store::args![at.as_str()])
            .await?;
        tx.run(
            store::accounts::ACCOUNT_TRIED,
            &store::args![account.id, 0_i64, None::<&str>],
        )
        .await?;
        tx.add_session(&NewSession {
            token_hash: &token_hash(&token),
            account_id: account.id,
            csrf: &csrf,
            language: if form.language == "en" { "en" } else { "vi" },
            created_at: &at,
            expires_at: &clock::later(now, limits::SESSION_HOURS * 60)?,
        })
        .await?;
        tx.commit().await?;
        Ok(SignedIn {
            token,
            must_change: account.must_change,
        })
    }

    /// The person behind a cookie.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] when the session is unknown, idle or over.
    pub async fn who(&self, token: &str) -> Result<Who, AppError> {
        let now = self.clock.now();
        let at = clock::instant(now);
        let hash = token_hash(token);
        let session = self.db.session(&hash).await?.ok_or(AppError::SignedOut)?;
        let idle_since = clock::later(now, -limits::SESSION_IDLE_MIN)?;
        let over = session.expires_at < at || session.seen_at < idle_since;
        if over || session.account.disabled_at.is_some() {
            return Err(AppError::SignedOut);
        }
        // Writing at every request would make each page a write.
        if session.seen_at < clock::later(now, -1)? {
            let mut tx = self.db.begin().await?;
            tx.run(
                store::accounts::SESSION_SEEN,
                &store::args![hash.as_slice(), at],
            )
            .await?;
            tx.commit().await?;
        }
        let role = role_of(&session.account)?;
        Ok(Who {
            actor: Actor {
                account: session.account.id,
                unit: session.unit.id,
                role,
                supervises: session.unit.supervises,
                post: session.account.post,
                name: session.account.display_name,
            },
            unit: session.unit,
            login: session.account.login,
            language: session.language,
            csrf: session.csrf,
            must_change: session.account.must_change,
            has_totp: session.account.totp_secret.is_some(),
        })
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        let mut tx = self.db.begin().await?;
        tx.run(
            store::accounts::SESSION_END,
            &store::args![token_hash(token).as_slice()],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the language of a session.
    pub async fn set_language(&self, token: &str, language: &str) -> Result<(), AppError> {
        let language = if language == "en" { "en" } else { "vi" };
        let mut tx = self.db.begin().await?;
        tx.run(
            store::accounts::SESSION_LANGUAGE,
            &store::args![token_hash(token).as_slice(), language],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes one's own password; other sessions of the account end.
    pub async fn change_password(&self, who: &Who, old: &str, new: &str) -> Result<(), AppError> {
        let account = self
            .db
            .account(who.actor.account)
            .await?
            .ok_or(AppError::Absent)?;
        if !verify(old, &account.password_hash) {
            return Err(AppError::WrongLogin);
        }
        let hash = self.hash_new_password(new)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        act.tx
            .run(
                store::accounts::ACCOUNT_PASSWORD,
                &store::args![account.id, hash, false],
            )
            .await?;
        act.record(
            format!("account:{}", account.id),
            Fact::new("account.password"),
        );
        act.finish("").await
    }

    /// Sets a one-time password for somebody; it must be changed at sign-in.
    pub async fn reset_password(
        &self,
        who: &Who,
        account_id: i64,
        new: &str,
    ) -> Result<(), AppError> {
        who.require(Action::Administer)?;
        let account = self.db.account(account_id).await?.ok_or(AppError::Absent)?;
        let hash = self.hash_new_password(new)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        act.tx
            .run(
                store::accounts::ACCOUNT_PASSWORD,
                &store::args![account.id, hash, true],
            )
            .await?;
        act.tx
            .run(store::accounts::SESSIONS_END_OF, &store::args![account.id])
            .await?;
        act.record(
            format!("account:{}", account.id),
            Fact::new("account.reset"),
        );
        act.finish("").await
    }

    /// Closes or reopens an account; its sessions end at once.
    pub async fn set_disabled(
        &self,
        who: &Who,
        account_id: i64,
        disabled: bool,
    ) -> Result<(), AppError> {
        who.require(Action::Administer)?;
        if account_id == who.actor.account {
            return Err(AppError::Input {
                code: "ACCOUNT-04",
                what: "one's own account".to_owned(),
            });
        }
        let account = self.db.account(account_id).await?.ok_or(AppError::Absent)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        let since = disabled.then(|| act.now.clone());
        act.tx
            .run(
                store::accounts::ACCOUNT_DISABLE,
                &store::args![account.id, since],
            )
            .await?;
        act.tx
            .run(store::accounts::SESSIONS_END_OF, &store::args![account.id])
            .await?;
        let kind = if disabled {
            "account.closed"
        } else {
            "account.reopened"
        };
        act.record(format!("account:{}", account.id), Fact::new(kind));
        act.finish("").await
    }

    /// A new TOTP secret to show once; it holds only after [`App::confirm_totp`].
    pub fn new_totp_secret(&self) -> Vec<u8> {
        let mut secret = vec![0_u8; 20];
        self.random.fill(&mut secret);
        secret
    }

    /// Turns the second factor on after one right code.
    pub async fn confirm_totp(&self, who: &Who, secret: &[u8], code: &str) -> Result<(), AppError> {
        if totp_step(secret, code, self.clock.now()).is_none() {
            return Err(AppError::WrongLogin);
        }
        self.put_totp(who, Some(secret.to_vec()), "account.totp-on")
            .await
    }

    /// Turns the second factor off.
    pub async fn drop_totp(&self, who: &Who, password: &str) -> Result<(), AppError> {
        let account = self
            .db
            .account(who.actor.account)
            .await?
            .ok_or(AppError::Absent)?;
        if !verify(password, &account.password_hash) {
            return Err(AppError::WrongLogin);
        }
        self.put_totp(who, None, "account.totp-off").await
    }

    async fn put_totp(
        &self,
        who: &Who,
        secret: Option<Vec<u8>>,
        kind: &'static str,
    ) -> Result<(), AppError> {
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        act.tx
            .run(
                store::accounts::ACCOUNT_TOTP,
                &store::args![who.actor.account, secret],
            )
            .await?;
        act.record(format!("account:{}", who.actor.account), Fact::new(kind));
        act.finish("").await
    }

    /// All units, for lists and choices.
    pub async fn units(&self) -> Result<Vec<Unit>, AppError> {
        Ok(self.db.units().await?)
    }

    /// Accounts of a unit, for the administrator.
    pub async fn accounts_of(&self, who: &Who, unit_id: i64) -> Result<Vec<Account>, AppError> {
        who.require(Action::Administer)?;
        Ok(self.db.accounts_of(unit_id).await?)
    }

    /// Adds a unit.
    pub async fn add_unit(&self, who: &Who, draft: &UnitDraft) -> Result<i64, AppError> {
        who.require(Action::Administer)?;
        let (code, name) = (draft.code.trim(), vanban::text::nfc(draft.name.trim()));
        if code.is_empty() || name.is_empty() || code.len() > 40 || name.chars().count() > 200 {
            return Err(AppError::Input {
                code: "ACCOUNT-01",
                what: "unit".to_owned(),
            });
        }
        // A refused insert would draw a number on PostgreSQL and none on SQLite.
        if self.db.units().await?.iter().any(|unit| unit.code == code) {
            return Err(taken("unit"));
        }
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let now = act.now.clone();
        let id = act
            .tx
            .add_unit(&NewUnit {
                code,
                name: &name,
                name_key: &vanban::text::collation_key(&name),
                kind: draft.kind.trim(),
                parent_name: draft.parent_name.trim(),
                place: draft.place.trim(),
                supervises: draft.supervises,
                created_at: &now,
            })
            .await?;
        act.record(
            format!("unit:{id}"),
            Fact::new("unit.added").with("code", code),
        );
        act.finish("").await?;
        Ok(id)
    }

    /// Adds an account with a one-time password.
    pub async fn add_account(&self, who: &Who, draft: &AccountDraft) -> Result<i64, AppError> {
        who.require(Action::Administer)?;
        let new = self.check_account(draft)?;
        if self.db.setting("role").await?.as_deref() == Some("watch") {
            access::fits_watch(new.role)?;
        }
        self.db.unit(draft.unit_id).await?.ok_or(AppError::Absent)?;
        if self.db.account_by_login(&new.login).await?.is_some() {
            return Err(taken("login"));
        }
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let now = act.now.clone();
        let id = act.tx.add_account(&new.row(&now, true)).await?;
        act.record(
            format!("account:{id}"),
            Fact::new("account.added")
                .with("role", new.role.code())
                .with("unit", draft.unit_id),
        );
        act.finish("").await?;
        Ok(id)
    }

    /// The first administrator of an empty installation, against the set-up code.
    pub async fn set_up(
        &self,
        unit: &UnitDraft,
        admin: &AccountDraft,
        code: &str,
    ) -> Result<(), AppError> {
        let kept = self
            .db
            .setting("setup_code_sha256")
            .await?
            .ok_or(AppError::Absent)?;
        let given = ledger::digest::hex(&Sha256::digest(code.trim().as_bytes()));
        if kept != given {
            return Err(AppError::WrongLogin);
        }
        let new = self.check_account(&AccountDraft {
            role: Role::QuanTri.code().to_owned(),
            ..admin.clone()
        })?;
        let now = clock::instant(self.clock.now());
        let mut tx = self.db.begin().await?;
        let unit_id = tx
            .add_unit(&NewUnit {
                code: unit.code.trim(),
                name: unit.name.trim(),
                name_key: &vanban::text::collation_key(unit.name.trim()),
                kind: unit.kind.trim(),
                parent_name: unit.parent_name.trim(),
                place: unit.place.trim(),
                supervises: unit.supervises,
                created_at: &now,
            })
            .await?;
        let mut row = new.row(&now, false);
        row.unit_id = unit_id;
        tx.add_account(&row).await?;
        tx.run(
            store::accounts::SETTING_DROP,
            &store::args!["setup_code_sha256"],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    fn check_account(&self, draft: &AccountDraft) -> Result<CheckedAccount, AppError> {
        let input = |what: &str| AppError::Input {
            code: "ACCOUNT-02",
            what: what.to_owned(),
        };
        let login = draft.login.trim().to_lowercase();
        let plain = login
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
        if login.len() < 3 || login.len() > 60 || !plain {
            return Err(input("login"));
        }
        let name = vanban::text::nfc(draft.display_name.trim());
        if name.is_empty() || name.chars().count() > 100 {
            return Err(input("display_name"));
        }
        let role = Role::parse(&draft.role).ok_or_else(|| input("role"))?;
        Ok(CheckedAccount {
            unit_id: draft.unit_id,
            login,
            name,
            role,
            post: draft.post.trim().to_owned(),
            hash: self.hash_new_password(&draft.password)?,
        })
    }

    /// A 256-bit secret as text for cookies and forms.
    pub fn secret(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.random.fill(&mut bytes);
        ledger::digest::hex(&bytes)
    }

    async fn note_wrong_try(
        &self,
        account: &Account,
        now: jiff::Timestamp,
    ) -> Result<(), AppError> {
        let tries = account.failed_tries + 1;
        let (tries, locked) = if tries >= limits::LOGIN_TRIES_MAX {
            (0, Some(clock::later(now, limits::LOGIN_LOCK_MIN)?))
        } else {
            (tries, None)
        };
        let mut tx = self.db.begin().await?;
        tx.run(
            store::accounts::ACCOUNT_TRIED,
            &store::args![account.id, tries, locked],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn check_code(
        &self,
        account: &Account,
        code: &str,
        now: jiff::Timestamp,
    ) -> Result<bool, AppError> {
        let Some(secret) = &account.totp_secret else {
            return Ok(true);
        };
        let Some(step) = totp_step(secret, code, now) else {
            return Ok(false);
        };
        // A code is good once: the step only moves forward.
        let mut tx = self.db.begin().await?;
        let moved = tx
            .run(
                store::accounts::ACCOUNT_TOTP_STEP,
                &store::args![account.id, step],
            )
            .await?;
        tx.commit().await?;
        Ok(moved == 1)
    }

    /// Hashes a password under the present cost after checking its length.
    pub fn hash_new_password(&self, password: &str) -> Result<String, AppError> {
        let chars = password.chars().count();
        if chars < limits::PASSWORD_CHARS_MIN {
            return Err(AppError::Password { rule: "short" });
        }
        if chars > limits::PASSWORD_CHARS_MAX {
            return Err(AppError::Password { rule: "long" });
        }
        self.hash(password)
    }

    fn hash(&self, password: &str) -> Result<String, AppError> {
        let mut salt = [0_u8; 16];
        self.random.fill(&mut salt);
        let cost = self.passwords;
        Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
            .map_err(|_| AppError::Password { rule: "cost" })
            .and_then(|params| {
                use argon2::password_hash::CustomizedPasswordHasher as _;
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
                    .hash_password_customized(password.as_bytes(), &salt, None, None, params)
                    .map(|hash| hash.to_string())
                    .map_err(|_| AppError::Password { rule: "hash" })
            })
    }

    fn spend_a_hash(&self, password: &str) -> Result<(), AppError> {
        self.hash(
            &password
                .chars()
                .take(limits::PASSWORD_CHARS_MAX)
                .collect::<String>(),
        )
        .map(|_| ())
    }
}

struct CheckedAccount {
    unit_id: i64,
    login: String,
    name: String,
    role: Role,
    post: String,
    hash: String,
}

impl CheckedAccount {
    fn row<'a>(&'a self, now: &'a str, must_change: bool) -> NewAccount<'a> {
        NewAccount {
            unit_id: self.unit_id,
            login: &self.login,
            display_name: &self.name,
            role: self.role.code(),
            post: &self.post,
            password_hash: &self.hash,
            must_change,
            created_at: now,
        }
    }
}

/// A name or code that somebody has already.
fn taken(what: &str) -> AppError {
    AppError::Input {
        code: "STORE-DUPLICATE",
        what: what.to_owned(),
    }
}

fn role_of(account: &Account) -> Result<Role, AppError> {
    Role::parse(&account.role).ok_or_else(|| {
        AppError::Store(store::StoreError::Stored {
            table: "account",
            column: "role",
            value: account.role.clone(),
        })
    })
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        return false;
    };
    password.chars().count() <= limits::PASSWORD_CHARS_MAX
        && Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
}

/// The 30-second step of a right code (RFC 6238), one step of drift allowed.
fn totp_step(secret: &[u8], code: &str, now: jiff::Timestamp) -> Option<i64> {
    let time = u64::try_from(now.as_second()).ok()?;
    let step = totp(secret)?.check(code.trim(), time)?;
    i64::try_from(step).ok()
}

fn totp(secret: &[u8]) -> Option<totp_rs::Totp> {
    totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret.to_vec())
        .build()
        .ok()
}

/// The secret as people type it into a token: base32 (RFC 4648).
pub fn totp_base32(secret: &[u8]) -> String {
    totp_rs::Secret::from(secret.to_vec()).to_base32()
}

impl App {
    /// The person of an account, for the command line on the server itself.
    ///
    /// # Errors
    /// [`AppError::Absent`] when there is no open account of that name.
    pub async fn acting(&self, login: &str) -> Result<Who, AppError> {
        let account = self
            .db
            .account_by_login(login)
            .await?
            .filter(|account| account.disabled_at.is_none())
            .ok_or(AppError::Absent)?;
        self.person(account).await
    }

    /// The person who asked for work that a machine does, also when the account was closed since.
    pub(crate) async fn on_behalf(&self, account: i64) -> Result<Who, AppError> {
        let account = self.db.account(account).await?.ok_or(AppError::Absent)?;
        self.person(account).await
    }

    async fn person(&self, account: Account) -> Result<Who, AppError> {
        let unit = self
            .db
            .unit(account.unit_id)
            .await?
            .ok_or(AppError::Absent)?;
        Ok(Who {
            actor: Actor {
                account: account.id,
                unit: unit.id,
                role: role_of(&account)?,
                supervises: unit.supervises,
                post: account.post,
                name: account.display_name,
            },
            unit,
            login: account.login,
            language: "vi".to_owned(),
            csrf: String::new(),
            must_change: account.must_change,
            has_totp: account.totp_secret.is_some(),
        })
    }
}
