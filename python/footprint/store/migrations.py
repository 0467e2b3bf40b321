"""The catalogue's tables. Migrations are only appended; ``PRAGMA user_version`` counts them."""

MIGRATIONS: tuple[str, ...] = (
    """
    create table meta (key text primary key, value text not null);
    create table states (
        id integer primary key,
        at text not null,
        kind text not null check (kind in ('start', 'import', 'undo', 'settings')),
        tables text not null,
        settings text not null
    );
    create table imports (
        id integer primary key,
        at text not null,
        who text not null,
        before text not null,
        undone integer not null default 0
    );
    create table uploads (
        id integer primary key,
        import_id integer not null references imports (id),
        file text not null,
        digest text not null,
        choice text not null,
        table_name text not null,
        rows integer not null,
        accepted integer not null,
        set_aside integer not null check (rows = accepted + set_aside),
        added integer not null,
        changed integer not null,
        unchanged integer not null check (accepted = added + changed + unchanged),
        encoding text not null,
        as_of text,
        aside text
    );
    create index uploads_by_digest on uploads (digest);
    create table rejected (
        upload_id integer not null references uploads (id),
        reason text not null,
        column_name text,
        count integer not null,
        first_row integer not null,
        example text not null
    );
    create table audit (
        id integer primary key,
        at text not null,
        who text not null,
        action text not null,
        detail text not null
    );
    create trigger audit_is_never_changed before update on audit
        begin select raise(abort, 'the audit table is append-only'); end;
    create trigger audit_is_never_deleted before delete on audit
        begin select raise(abort, 'the audit table is append-only'); end
    """,
    """
    create table mapping_profiles (
        id text primary key,
        at text not null,
        table_name text not null,
        headings text not null,
        mapping text not null
    )
    """,
)
