//! Units, accounts, sessions, settings, finished requests.

use crate::{Db, Row, StoreError, Tx, args, statements};

/// A body that keeps books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub parent_name: String,
    pub place: String,
    pub supervises: bool,
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: i64,
    pub unit_id: i64,
    pub login: String,
    pub display_name: String,
    pub role: String,
    pub post: String,
    pub password_hash: String,
    pub totp_secret: Option<Vec<u8>>,
    pub totp_step: i64,
    pub failed_tries: i64,
    pub locked_until: Option<String>,
    pub disabled_at: Option<String>,
    pub must_change: bool,
}

/// What a new unit needs.
#[derive(Debug, Clone)]
pub struct NewUnit<'a> {
    pub code: &'a str,
    pub name: &'a str,
    pub name_key: &'a str,
    pub kind: &'a str,
    pub parent_name: &'a str,
    pub place: &'a str,
    pub supervises: bool,
    pub created_at: &'a str,
}

/// What a new account needs.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    pub unit_id: i64,
    pub login: &'a str,
    pub display_name: &'a str,
    pub role: &'a str,
    pub post: &'a str,
    pub password_hash: &'a str,
    pub must_change: bool,
    pub created_at: &'a str,
}

/// A live session with its account and unit.
#[derive(Debug, Clone)]
pub struct Session {
    pub account: Account,
    pub unit: Unit,
    pub csrf: String,
    pub language: String,
    pub seen_at: String,
    pub expires_at: String,
}

/// What a new session needs.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    pub token_hash: &'a [u8],
    pub account_id: i64,
    pub csrf: &'a str,
    pub language: &'a str,
    pub created_at: &'a str,
    pub expires_at: &'a str,
}

statements! {
    UNIT_ADD = "INSERT INTO unit (code, name, name_key, kind, parent_name, place, supervises, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    UNIT_GET = "SELECT id AS u_id, code AS u_code, name AS u_name, kind AS u_kind,
        parent_name AS u_parent, place AS u_place, supervises AS u_supervises FROM unit WHERE id = $1";
    UNIT_LIST = "SELECT id AS u_id, code AS u_code, name AS u_name, kind AS u_kind,
        parent_name AS u_parent, place AS u_place, supervises AS u_supervises
        FROM unit ORDER BY name_key, id LIMIT 2000";
    ACCOUNT_ADD = "INSERT INTO account (unit_id, login, display_name, role, post, password_hash,
        totp_step, failed_tries, must_change, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8) RETURNING id";
    ACCOUNT_BY_LOGIN = "SELECT * FROM account WHERE login = $1";
    ACCOUNT_BY_ID = "SELECT * FROM account WHERE id = $1";
    ACCOUNTS_OF_UNIT = "SELECT * FROM account WHERE unit_id = $1 ORDER BY login LIMIT 500";
    ACCOUNT_COUNT = "SELECT COUNT(*) AS n FROM account";
    ACCOUNT_TRIED = "UPDATE account SET failed_tries = $2, locked_until = $3 WHERE id = $1";
    ACCOUNT_PASSWORD = "UPDATE account SET password_hash = $2, must_change = $3, failed_tries = 0,
        locked_until = NULL WHERE id = $1";
    ACCOUNT_TOTP = "UPDATE account SET totp_secret = $2, totp_step = 0 WHERE id = $1";
    ACCOUNT_TOTP_STEP = "UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
    ACCOUNT_DISABLE = "UPDATE account SET disabled_at = $2 WHERE id = $1";
    ACCOUNT_ROLE = "UPDATE account SET role = $2, post = $3, display_name = $4 WHERE id = $1";
    SESSION_ADD = "INSERT INTO session (token_hash, account_id, csrf, language, created_at, seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6)";
    SESSION_GET = "SELECT a.*, s.csrf AS s_csrf, s.language AS s_language, s.seen_at AS s_seen,
        s.expires_at AS s_expires, u.id AS u_id, u.code AS u_code, u.name AS u_name, u.kind AS u_kind,
        u.parent_name AS u_parent, u.place AS u_place, u.supervises AS u_supervises
        FROM session s JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = a.unit_id
        WHERE s.token_hash = $1";
    SESSION_SEEN = "UPDATE session SET seen_at = $2 WHERE token_hash = $1";
    SESSION_LANGUAGE = "UPDATE session SET language = $2 WHERE token_hash = $1";
    SESSION_END = "DELETE FROM session WHERE token_hash = $1";
    SESSIONS_END_OF = "DELETE FROM session WHERE account_id = $1";
    SESSIONS_EXPIRE = "DELETE FROM session WHERE expires_at < $1";
    SETTING_GET = "SELECT value FROM setting WHERE name = $1";
    SETTING_PUT = "INSERT INTO setting (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = $2";
    SETTING_DROP = "DELETE FROM setting WHERE name = $1";
    REQUEST_GET = "SELECT outcome FROM request WHERE id = $1 AND account_id = $2";
    /// Waits for an act under way with the same mark: it happens once.
    REQUEST_CLAIM = "INSERT INTO request (id, account_id, outcome, created_at) VALUES ($1, $2, '', $3)
        ON CONFLICT (id) DO NOTHING";
    REQUEST_DONE = "UPDATE request SET outcome = $3 WHERE id = $1 AND account_id = $2";
}

fn unit(row: &Row) -> Result<Unit, StoreError> {
    Ok(Unit {
        id: row.int("u_id")?,
        code: row.text("u_code")?,
        name: row.text("u_name")?,
        kind: row.text("u_kind")?,
        parent_name: row.text("u_parent")?,
        place: row.text("u_place")?,
        supervises: row.flag("u_supervises")?,
    })
}

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: row.int("id")?,
        unit_id: row.int("unit_id")?,
        login: row.text("login")?,
        display_name: row.text("display_name")?,
        role: row.text("role")?,
        post: row.text("post")?,
        password_hash: row.text("password_hash")?,
        totp_secret: row.opt_bytes("totp_secret")?,
        totp_step: row.int("totp_step")?,
        failed_tries: row.int("failed_tries")?,
        locked_until: row.opt_text("locked_until")?,
        disabled_at: row.opt_text("disabled_at")?,
        must_change: row.flag("must_change")?,
    })
}

impl Db {
    pub async fn unit(&self, id: i64) -> Result<Option<Unit>, StoreError> {
        self.first(UNIT_GET, &args![id])
            .await?
            .as_ref()
            .map(unit)
            .transpose()
    }

    /// All units by Vietnamese name order.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        self.all(UNIT_LIST, &[]).await?.iter().map(unit).collect()
    }

    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        self.first(ACCOUNT_BY_LOGIN, &args![login])
            .await?
            .as_ref()
            .map(account)
            .transpose()
    }

    pub async fn account(&self, id: i64) -> Result<Option<Account>, StoreError> {
        self.first(ACCOUNT_BY_ID, &args![id])
            .await?
            .as_ref()
            .map(account)
            .transpose()
    }

    pub async fn accounts_of(&self, unit_id: i64) -> Result<Vec<Account>, StoreError> {
        self.all(ACCOUNTS_OF_UNIT, &args![unit_id])
            .await?
            .iter()
            .map(account)
            .collect()
    }

    pub async fn account_count(&self) -> Result<i64, StoreError> {
        self.one(ACCOUNT_COUNT, &[]).await?.int("n")
    }

    /// The session of a token, with account and unit in one read.
    pub async fn session(&self, token_hash: &[u8]) -> Result<Option<Session>, StoreError> {
        let Some(row) = self.first(SESSION_GET, &args![token_hash]).await? else {
            return Ok(None);
        };
        Ok(Some(Session {
            account: account(&row)?,
            unit: unit(&row)?,
            csrf: row.text("s_csrf")?,
            language: row.text("s_language")?,
            seen_at: row.text("s_seen")?,
            expires_at: row.text("s_expires")?,
        }))
    }

    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.first(SETTING_GET, &args![name])
            .await?
            .map(|row| row.text("value"))
            .transpose()
    }
}

impl Tx {
    pub async fn add_unit(&mut self, new: &NewUnit<'_>) -> Result<i64, StoreError> {
        self.one(
            UNIT_ADD,
            &args![
                new.code,
                new.name,
                new.name_key,
                new.kind,
                new.parent_name,
                new.place,
                new.supervises,
                new.created_at
            ],
        )
        .await?
        .int("id")
    }

    pub async fn add_account(&mut self, new: &NewAccount<'_>) -> Result<i64, StoreError> {
        self.one(
            ACCOUNT_ADD,
            &args![
                new.unit_id,
                new.login,
                new.display_name,
                new.role,
                new.post,
                new.password_hash,
                new.must_change,
                new.created_at
            ],
        )
        .await?
        .int("id")
    }

    pub async fn add_session(&mut self, new: &NewSession<'_>) -> Result<(), StoreError> {
        self.run(
            SESSION_ADD,
            &args![
                new.token_hash,
                new.account_id,
                new.csrf,
                new.language,
                new.created_at,
                new.expires_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.run(SETTING_PUT, &args![name, value]).await?;
        Ok(())
    }

    /// The outcome of a request that was already carried out.
    pub async fn request(&mut self, id: &str, account: i64) -> Result<Option<String>, StoreError> {
        self.first(REQUEST_GET, &args![id, account])
            .await?
            .map(|row| row.text("outcome"))
            .transpose()
    }

    /// Takes the mark of a request for this transaction; `false` when it was carried out before.
    /// A second form with the same mark waits here until the first is through.
    pub async fn claim_request(
        &mut self,
        id: &str,
        account: i64,
        at: &str,
    ) -> Result<bool, StoreError> {
        let claimed = self.run(REQUEST_CLAIM, &args![id, account, at]).await?;
        Ok(claimed == 1)
    }

    /// Keeps the outcome of a claimed request.
    pub async fn finish_request(
        &mut self,
        id: &str,
        account: i64,
        outcome: &str,
    ) -> Result<(), StoreError> {
        self.run(REQUEST_DONE, &args![id, account, outcome]).await?;
        Ok(())
    }
}
