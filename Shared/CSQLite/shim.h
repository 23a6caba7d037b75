#ifndef OLP_CSQLITE_SHIM_H
#define OLP_CSQLITE_SHIM_H

#include <sqlite3.h>

/* Composed by operators, which Swift does not import. */
static const int OLP_CONSTRAINT_UNIQUE = SQLITE_CONSTRAINT_UNIQUE;
static const int OLP_CONSTRAINT_PRIMARYKEY = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int OLP_CONSTRAINT_ROWID = SQLITE_CONSTRAINT_ROWID;
static const int OLP_CONSTRAINT_FOREIGNKEY = SQLITE_CONSTRAINT_FOREIGNKEY;
static const int OLP_CONSTRAINT_NOTNULL = SQLITE_CONSTRAINT_NOTNULL;
static const int OLP_CONSTRAINT_TRIGGER = SQLITE_CONSTRAINT_TRIGGER;

/* SQLITE_TRANSIENT is a cast, which Swift does not import: SQLite takes a copy. */
static inline int olp_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}

static inline int olp_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/* sqlite3_config is variadic, which Swift cannot call. SQLite counts what memory it has taken under one lock of the whole process, for nobody here. */
static inline void olp_count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/* As is sqlite3_db_config. What stands in double quotes is a name, never a text. */
static inline void olp_refuse_quoted_texts(sqlite3 *database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (int *)0);
}

#endif
