// Makes the database slow at one step of the journal, so that a test can kill the worker exactly there.
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestDatabase } from '@/db/test-database'

/** From now on the database is slow to write one step: that is the moment to kill in. */
export async function stallAt(database: TestDatabase, step: string): Promise<void> {
  await database.sql.unsafe(`
    create table stall (step text);
    insert into stall values ('${step}');
    create function stall_step() returns trigger language plpgsql as $$
    begin
      if new.step is distinct from old.step and exists (select 1 from stall s where s.step = new.step) then
        perform pg_sleep(1.5);
      end if;
      return new;
    end $$;
    create trigger stall_step before update on operations for each row execute function stall_step();`)
}

/** The database session that stalls. */
export async function waitForStall(database: TestDatabase, readLog: () => string): Promise<number> {
  for (let n = 0; n < 2_000; n++) {
    const [row] = await database.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
    if (row) return row.pid
    await sleep(5)
  }
  throw new Error(`the worker never got there\n${readLog()}`)
}

export async function waitUntilQuiet(database: TestDatabase, pid: number): Promise<void> {
  for (let n = 0; n < 1_000; n++) {
    const rows = await database.sql`select 1 from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`
    if (rows.length === 0) return
    await sleep(10)
  }
}
