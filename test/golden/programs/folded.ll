target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @match(ptr %v0) #0 section "socket" {
entry.0:
  br label %body.1
body.1:
  %v1 = load i32, ptr %v0, align 4
  %v2 = zext i32 %v1 to i64
  %v3 = icmp eq i64 %v2, 80
  br i1 %v3, label %then.4, label %end.5
then.4:
  ret i32 1
end.5:
  br label %next.3
next.3:
  %v4 = load i32, ptr %v0, align 4
  %v5 = zext i32 %v4 to i64
  %v6 = icmp eq i64 %v5, 443
  br i1 %v6, label %then.7, label %end.8
then.7:
  ret i32 1
end.8:
  br label %next.6
next.6:
  br label %end.2
end.2:
  %v7 = load i32, ptr %v0, align 4
  %v8 = zext i32 %v7 to i64
  %v9 = icmp ugt i64 %v8, 443
  br i1 %v9, label %yes.9, label %no.10
yes.9:
  br label %join.11
no.10:
  br label %join.11
join.11:
  %v10 = phi i64 [ 2, %yes.9 ], [ 0, %no.10 ]
  %v11 = trunc i64 %v10 to i32
  ret i32 %v11
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
