target triple = "bpfel"

@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @count(ptr %v0) #0 section "xdp" {
entry.0:
  %v1 = alloca [8 x i8], align 8
  %v2 = alloca [8 x i8], align 8
  %v18 = alloca [4 x i8], align 8
  %v3 = load i32, ptr %v0, align 4
  %v4 = zext i32 %v3 to i64
  %v5 = inttoptr i64 %v4 to ptr
  store ptr %v5, ptr %v1, align 8
  %v6 = getelementptr i8, ptr %v0, i64 4
  %v7 = load i32, ptr %v6, align 4
  %v8 = zext i32 %v7 to i64
  %v9 = inttoptr i64 %v8 to ptr
  store ptr %v9, ptr %v2, align 8
  br label %body.1
body.1:
  %v10 = load ptr, ptr %v1, align 8
  %v11 = load ptr, ptr %v2, align 8
  %v12 = ptrtoint ptr %v11 to i64
  %v13 = ptrtoint ptr %v10 to i64
  %v14 = sub i64 %v12, %v13
  %v15 = call i64 asm "", "=r,0"(i64 %v14) #3
  %v16 = getelementptr i8, ptr %v10, i64 34
  %v17 = icmp ugt ptr %v16, %v11
  br i1 %v17, label %then.2, label %end.3
then.2:
  store i32 2, ptr %v18, align 4
  br label %return.4
end.3:
  %v19 = load ptr, ptr %v1, align 8
  %v20 = load ptr, ptr %v2, align 8
  %v21 = getelementptr i8, ptr %v19, i64 12
  %v22 = load i16, ptr %v21, align 2
  %v23 = call i16 @llvm.bswap.i16(i16 %v22)
  %v24 = zext i16 %v23 to i64
  %v25 = icmp eq i64 %v24, 2048
  br i1 %v25, label %and.7, label %no.6
and.7:
  %v26 = load ptr, ptr %v1, align 8
  %v27 = load ptr, ptr %v2, align 8
  %v28 = getelementptr i8, ptr %v26, i64 23
  %v29 = load i8, ptr %v28, align 1
  %v30 = zext i8 %v29 to i64
  %v31 = icmp eq i64 %v30, 17
  br i1 %v31, label %yes.5, label %no.6
yes.5:
  br label %join.9
no.6:
  br label %join.9
join.9:
  %v32 = phi i64 [ 1, %yes.5 ], [ 2, %no.6 ]
  %v33 = trunc i64 %v32 to i32
  store i32 %v33, ptr %v18, align 4
  br label %return.4
default.8:
  store i32 2, ptr %v18, align 4
  br label %return.4
return.4:
  %v34 = load i32, ptr %v18, align 4
  ret i32 %v34
}

declare i16 @llvm.bswap.i16(i16)

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
