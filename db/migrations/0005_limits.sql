ALTER TABLE "contracts" ADD COLUMN "max_parallel" integer;--> statement-breakpoint
ALTER TABLE "contracts" ADD COLUMN "max_turns" integer;--> statement-breakpoint
ALTER TABLE "contracts" ADD COLUMN "max_cost_usd" double precision;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "waits_for" text;