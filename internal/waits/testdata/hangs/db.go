package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
)

// A driver whose tables have rows without end.
type (
	fakeDriver struct{}
	fakeConn   struct{}
	fakeRows   struct{}
)

func (fakeDriver) Open(string) (driver.Conn, error)               { return fakeConn{}, nil }
func (d fakeDriver) Connect(context.Context) (driver.Conn, error) { return fakeConn{}, nil }
func (d fakeDriver) Driver() driver.Driver                        { return d }
func (fakeConn) Prepare(string) (driver.Stmt, error)              { return nil, io.EOF }
func (fakeConn) Close() error                                     { return nil }
func (fakeConn) Begin() (driver.Tx, error)                        { return fakeConn{}, nil }
func (fakeConn) Commit() error                                    { return nil }
func (fakeConn) Rollback() error                                  { return nil }
func (fakeRows) Columns() []string                                { return []string{"id"} }
func (fakeRows) Close() error                                     { return nil }
func (fakeRows) Next(dest []driver.Value) error                   { dest[0] = int64(1); return nil }
func (fakeConn) Query(string, []driver.Value) (driver.Rows, error) {
	return fakeRows{}, nil
}

func open(conns int) *sql.DB {
	db := sql.OpenDB(fakeDriver{})
	db.SetMaxOpenConns(conns)
	return db
}

// exists leaves rows open.
func exists(db *sql.DB) bool {
	rows, err := db.Query("SELECT id FROM t")
	return err == nil && rows.Next()
}

func rowsNotClosed() {
	db := open(2)
	for exists(db) {
	}
}

// queryInLoop needs a second connection while it has the only one.
func queryInLoop() {
	db := open(1)
	tx, err := db.Begin()
	if err != nil {
		return
	}
	defer tx.Rollback()
	var n int
	db.QueryRow("SELECT id FROM t").Scan(&n)
}
