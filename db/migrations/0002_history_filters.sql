-- One index per owner, contract and repository serves every mix of kind, phase and agent: the mixes that occur are known
-- from the counts, and each is read as one stretch of the index. `coalesce` as `is not distinct from` uses no index.
CREATE INDEX "history_events_owner_mix" ON "history_events" ("owner_id", "event_type", (coalesce("phase", '')), (coalesce("agent", '')), "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_contract_mix" ON "history_events" ("contract_id", "event_type", (coalesce("phase", '')), (coalesce("agent", '')), "created_at", "id");--> statement-breakpoint
CREATE INDEX "history_events_repository_mix" ON "history_events" ("repository_id", "event_type", (coalesce("phase", '')), (coalesce("agent", '')), "created_at", "id");--> statement-breakpoint
DROP INDEX "history_events_by_owner_type";--> statement-breakpoint
DROP INDEX "history_events_by_owner_phase";--> statement-breakpoint
DROP INDEX "history_events_by_owner_agent";--> statement-breakpoint
DROP INDEX "history_events_by_contract_type";
