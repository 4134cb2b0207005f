target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @match(ptr %v0) #0 section "socket" {
entry.0:
  %v4 = alloca [4 x i8], align 8
  br label %body.1
body.1:
  %v1 = load i32, ptr %v0, align 4
  %v2 = zext i32 %v1 to i64
  %v3 = icmp eq i64 %v2, 80
  br i1 %v3, label %then.4, label %end.5
then.4:
  store i32 1, ptr %v4, align 4
  br label %return.6
end.5:
  br label %next.3
next.3:
  %v5 = load i32, ptr %v0, align 4
  %v6 = zext i32 %v5 to i64
  %v7 = icmp eq i64 %v6, 443
  br i1 %v7, label %then.8, label %end.9
then.8:
  store i32 1, ptr %v4, align 4
  br label %return.6
end.9:
  br label %next.7
next.7:
  br label %end.2
end.2:
  %v8 = load i32, ptr %v0, align 4
  %v9 = zext i32 %v8 to i64
  %v10 = icmp ugt i64 %v9, 443
  br i1 %v10, label %yes.10, label %no.11
yes.10:
  br label %join.12
no.11:
  br label %join.12
join.12:
  %v11 = phi i64 [ 2, %yes.10 ], [ 0, %no.11 ]
  %v12 = trunc i64 %v11 to i32
  store i32 %v12, ptr %v4, align 4
  br label %return.6
return.6:
  %v13 = load i32, ptr %v4, align 4
  ret i32 %v13
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
